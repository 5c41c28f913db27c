/** Breaks the rules of the house, to see them bite. */
package org.kappabeam.pipelines.house.planted.transforms.bigquery;
