/** Tests of the Kinesis log, against a mock: nothing real is to be had outside of AWS. */
package org.kappabeam.transforms.kinesis;
