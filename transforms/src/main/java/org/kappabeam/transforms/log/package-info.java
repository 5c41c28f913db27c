/** Logs behind one interface: what a log can do, and how one is named by URI. */
package org.kappabeam.transforms.log;
