/**
 * Views in BigQuery: {@code bigquery://project/dataset}.
 *
 * <p><b>Tables.</b> Each generation of a view is a table, {@code <view>__g<generation>}, with the
 * key as its primary key (which BigQuery does not enforce, but merges changes by), clustered by the
 * key and partitioned by the first TIMESTAMP column if there is one. The logical view {@code
 * <view>} is the pointer: it shows the rows of one generation that are not withdrawn. Its label
 * {@code kappa_generation} says which; label and query change in one update, which is made on the
 * condition that nobody has changed either since they were read.
 *
 * <p><b>Values.</b> LONG is INT64, DOUBLE FLOAT64, BOOLEAN BOOL, TEXT STRING, BYTES BYTES, and
 * TIMESTAMP TIMESTAMP, which ends with the years 1 and 9999. DECIMAL is its text in a STRING, since
 * BIGNUMERIC knows no scale and 1.50 is not 1.5; lists are JSON in a STRING, since an ARRAY that is
 * empty and one that is NULL are the same. The columns {@code evidence}, {@code withdrawn} and
 * {@code fingerprint} are beside them. A withdrawn row is kept, so that one with less evidence
 * cannot come back.
 *
 * <p><b>Changes.</b> Every row is appended to the table's default stream as an {@code UPSERT} whose
 * change sequence number is {@code evidence/fingerprint}, each in hexadecimal. The service orders
 * the changes of a key by that, whatever the order they come in, and replaces rows as a whole.
 *
 * <p><b>Refused rows.</b> What BigQuery cannot hold is refused before it is sent; what the service
 * refuses comes back from Beam's sink. Either ends in the view {@code dead_letters}, with reason
 * {@code REFUSED_BY_VIEW}. Rows of {@code dead_letters} that are refused themselves are counted and
 * logged.
 *
 * <p>Not given:
 *
 * <ul>
 *   <li><b>All pointers in one move.</b> BigQuery has no transaction over definitions. Each pointer
 *       moves at once; between two of them a reader may see one old and one new.
 *   <li><b>The control table.</b>
 *   <li><b>A proof against the service.</b> There is no emulator; tests run against Beam's own
 *       fakes. What they cannot stand in for is in two classes, {@link
 *       org.kappabeam.transforms.bigquery.RestTables} and {@link
 *       org.kappabeam.transforms.bigquery.BigQueryService}.
 * </ul>
 */
package org.kappabeam.transforms.bigquery;
