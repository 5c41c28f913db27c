package org.kappabeam.terraform.hcl;

/**
 * {@code name = value}.
 *
 * @param line where it stands, from 1
 */
public record Attribute(String name, Expression value, int line) {}
