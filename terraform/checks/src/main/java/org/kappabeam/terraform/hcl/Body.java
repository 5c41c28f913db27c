package org.kappabeam.terraform.hcl;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What stands in a file or between the braces of a block. */
public record Body(List<Attribute> attributes, List<Block> blocks) {
  public Body {
    attributes = List.copyOf(attributes);
    blocks = List.copyOf(blocks);
  }

  /** The value of an attribute. */
  public Optional<Expression> value(String name) {
    return attributes.stream()
        .filter(attribute -> attribute.name().equals(name))
        .map(Attribute::value)
        .findFirst();
  }

  /** The blocks of a type; a {@code dynamic} one counts as the block it makes. */
  public List<Block> blocks(String type) {
    return blocks.stream()
        .filter(
            block ->
                block.type().equals(type)
                    || (block.type().equals("dynamic") && block.label(0).equals(type)))
        .map(block -> block.type().equals("dynamic") ? content(block) : block)
        .toList();
  }

  /** The first block of a type. */
  public Optional<Block> block(String type) {
    return blocks(type).stream().findFirst();
  }

  private static Block content(Block dynamic) {
    return dynamic.body().block("content").orElse(dynamic);
  }

  /** Calls for every expression here and in all blocks, and all that they are made of. */
  public void walk(Consumer<Expression> consumer) {
    attributes.forEach(attribute -> attribute.value().walk(consumer));
    blocks.forEach(block -> block.body().walk(consumer));
  }
}
