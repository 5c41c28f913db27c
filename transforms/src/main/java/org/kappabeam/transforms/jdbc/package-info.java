/**
 * Views in SQL databases: SQLite, which needs nothing installed, and PostgreSQL. One statement, the
 * evidence-guarded upsert, serves both; they differ in types, locks and messages.
 */
package org.kappabeam.transforms.jdbc;
