/** The rules of the house: which room may know which. */
package org.kappabeam.pipelines.house;
