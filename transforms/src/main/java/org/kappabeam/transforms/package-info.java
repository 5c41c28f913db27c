/** What we do to events, and the connectors to logs and views. */
package org.kappabeam.transforms;
