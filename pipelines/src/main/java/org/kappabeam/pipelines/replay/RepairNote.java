package org.kappabeam.pipelines.replay;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.kappabeam.transforms.deadletter.Repair;

/**
 * A repair as it is kept beside the views.
 *
 * @param because why these bytes are right, by whoever noted it
 * @param at when it was noted, by the clock of the machine
 * @param by user and machine
 */
@JsonPropertyOrder({"repair", "because", "at", "by"})
record RepairNote(Repair repair, String because, String at, String by) {}
