package org.kappabeam.terraform.hcl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a value is written as. */
public sealed interface Expression {

  /** The expressions that it is made of. */
  List<Expression> children();

  /** Calls for this expression and all that it is made of. */
  default void walk(Consumer<Expression> consumer) {
    consumer.accept(this);
    children().forEach(child -> child.walk(consumer));
  }

  /** The text, if it is one without any {@code ${…}} in it. */
  default Optional<String> text() {
    return this instanceof Literal literal && literal.value() instanceof String text
        ? Optional.of(text)
        : Optional.empty();
  }

  /** Whether it is this number, flag or text. */
  default boolean is(Object value) {
    return this instanceof Literal literal && value.equals(literal.value());
  }

  /** All references in it. */
  default List<Reference> references() {
    List<Reference> found = new ArrayList<>();
    walk(
        expression -> {
          if (expression instanceof Reference reference) {
            found.add(reference);
          }
        });
    return found;
  }

  /**
   * A text, a number, a flag, or null.
   *
   * @param value a {@link String}, {@link Double} or {@link Boolean}; {@link #NULL} for null
   */
  record Literal(Object value) implements Expression {
    /** What stands for null. */
    public static final Object NULL = Void.class;

    @Override
    public List<Expression> children() {
      return List.of();
    }
  }

  /** A text with other expressions in it. */
  record Template(List<Expression> parts) implements Expression {
    public Template {
      parts = List.copyOf(parts);
    }

    @Override
    public List<Expression> children() {
      return parts;
    }
  }

  /**
   * A name and what is taken of it: {@code var.name}, {@code module.kms.key_ids["pubsub"]}.
   *
   * @param path the names; an index is its text or number, or {@code *} for any other and for all
   * @param indices the expressions in brackets
   */
  record Reference(List<String> path, List<Expression> indices) implements Expression {
    public Reference {
      path = List.copyOf(path);
      indices = List.copyOf(indices);
    }

    /** The name at that place, or an empty text if there is none. */
    public String at(int index) {
      return index < path.size() ? path.get(index) : "";
    }

    /** Whether the path begins with these names. */
    public boolean startsWith(String... names) {
      return path.size() >= names.length && path.subList(0, names.length).equals(List.of(names));
    }

    @Override
    public List<Expression> children() {
      return indices;
    }

    @Override
    public String toString() {
      return String.join(".", path);
    }
  }

  /** What is taken of something without a name: {@code one(list).id}. */
  record Access(Expression of, List<Expression> indices) implements Expression {
    public Access {
      indices = List.copyOf(indices);
    }

    @Override
    public List<Expression> children() {
      List<Expression> children = new ArrayList<>(indices);
      children.add(of);
      return children;
    }
  }

  /** {@code [a, b]}. */
  record ListOf(List<Expression> items) implements Expression {
    public ListOf {
      items = List.copyOf(items);
    }

    @Override
    public List<Expression> children() {
      return items;
    }
  }

  /** {@code {a = b}}. */
  record ObjectOf(List<Entry> entries) implements Expression {
    public ObjectOf {
      entries = List.copyOf(entries);
    }

    /** The value under a key. */
    public Optional<Expression> get(String key) {
      return entries.stream().filter(entry -> entry.key().is(key)).map(Entry::value).findFirst();
    }

    @Override
    public List<Expression> children() {
      List<Expression> children = new ArrayList<>();
      for (Entry entry : entries) {
        children.add(entry.key());
        children.add(entry.value());
      }
      return children;
    }
  }

  /** A key, a {@link Literal} if it is a plain name, and its value. */
  record Entry(Expression key, Expression value) {}

  /** {@code name(arguments)}. */
  record Call(String name, List<Expression> arguments) implements Expression {
    public Call {
      arguments = List.copyOf(arguments);
    }

    @Override
    public List<Expression> children() {
      return arguments;
    }
  }

  /**
   * {@code for names in collection : results}.
   *
   * @param results what is made for each, and the condition behind {@code if}
   */
  record For(List<String> names, Expression collection, List<Expression> results)
      implements Expression {
    public For {
      names = List.copyOf(names);
      results = List.copyOf(results);
    }

    @Override
    public List<Expression> children() {
      List<Expression> children = new ArrayList<>(results);
      children.add(collection);
      return children;
    }
  }

  /** An operator, {@code ?} among them, and what it is applied to. */
  record Operation(String operator, List<Expression> operands) implements Expression {
    public Operation {
      operands = List.copyOf(operands);
    }

    @Override
    public List<Expression> children() {
      return operands;
    }
  }
}
