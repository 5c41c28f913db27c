/**
 * Event types: what an event is called, how it is identified, checked, and read from and written to
 * the message formats; and the dead letter a record becomes when it is refused.
 */
package org.kappabeam.coders.event;
