/** Refused records as a view that people can query: {@code dead_letters}. */
package org.kappabeam.transforms.deadletter;
