/** Tests of event types and message formats. */
package org.kappabeam.coders.event;
