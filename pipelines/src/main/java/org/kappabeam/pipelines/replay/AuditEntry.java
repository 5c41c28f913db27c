package org.kappabeam.pipelines.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One step that somebody took, as the trail keeps it for ever.
 *
 * @param number from 1, without gaps
 * @param at when, by the clock of the machine it was taken on
 * @param by user and machine
 * @param step such as {@code promote}
 * @param generation it was about
 * @param outcome what came of it, in a line
 * @param plan the {@link ReplayPlan#id} of the generation, if it has one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"number", "at", "by", "step", "generation", "outcome", "plan"})
public record AuditEntry(
    long number,
    String at,
    String by,
    String step,
    int generation,
    String outcome,
    @Nullable String plan) {}
