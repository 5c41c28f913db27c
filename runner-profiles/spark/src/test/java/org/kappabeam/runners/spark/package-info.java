/** Spark gives what every runner gives, and refuses what it cannot. */
package org.kappabeam.runners.spark;
