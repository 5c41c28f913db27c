/** Tests of {@link org.kappabeam.transforms.observe}. */
package org.kappabeam.transforms.observe;
