/** The Direct runner: tests and laptop. */
package org.kappabeam.runners.direct;
