package org.kappabeam.terraform.schema;

import java.util.Map;
import java.util.Set;

/**
 * What may stand in a block, a resource among them.
 *
 * @param required attributes that must be there
 * @param optional attributes that may be there
 * @param computed attributes that can only be read
 * @param needed whether the block itself must be there
 * @param many whether there may be several
 */
public record BlockSchema(
    Set<String> required,
    Set<String> optional,
    Set<String> computed,
    Map<String, BlockSchema> blocks,
    boolean needed,
    boolean many) {
  public BlockSchema {
    required = Set.copyOf(required);
    optional = Set.copyOf(optional);
    computed = Set.copyOf(computed);
    blocks = Map.copyOf(blocks);
  }

  /** Whether an attribute can be set. */
  public boolean settable(String name) {
    return required.contains(name) || optional.contains(name);
  }

  /** Whether an attribute or block can be read. */
  public boolean readable(String name) {
    return settable(name) || computed.contains(name) || blocks.containsKey(name);
  }
}
