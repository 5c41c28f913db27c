/**
 * Refused records as a view that people can query, {@code dead_letters}; and repairs that take
 * their place when the log is read again.
 */
package org.kappabeam.transforms.deadletter;
