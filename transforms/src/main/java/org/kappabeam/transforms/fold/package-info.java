/**
 * {@link org.kappabeam.transforms.fold.EventTimeFold}: emit now, correct later. A row per event the
 * moment it arrives; when an event arrives out of order, exactly the rows it changes once more,
 * with higher evidence.
 */
package org.kappabeam.transforms.fold;
