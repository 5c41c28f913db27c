/** Tests of the card-fraud pilot: its graph against a brute-force model. */
package org.kappabeam.pipelines.fraud;
