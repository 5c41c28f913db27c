/**
 * Changing a pipeline's logic over the whole history: a plan pins what is read, a replay builds the
 * next generation beside the active one, a comparison proves it equal or different as expected, and
 * the pointer moves. What is agreed on is kept beside the views, and every step in an audit trail.
 */
package org.kappabeam.pipelines.replay;
