/** The events of the card-fraud pilot: transactions, and the labels that follow days later. */
package org.kappabeam.coders.fraud;
