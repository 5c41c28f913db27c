package org.kappabeam.coders.schema;

import com.google.auto.value.AutoValue;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The message types of a {@code .proto} file, in its order. Reads what the language allows in a
 * file (proto2, proto3, editions) but groups; imports, options, enums, services and extensions are
 * stepped over. The text may come from a stranger: its size and depth are bounded.
 */
@AutoValue
public abstract class ProtoFile {
  private static final int MAX_CHARS = 1 << 20;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_FIELD_NUMBER = (1 << 29) - 1;

  /** The top-level messages. */
  public abstract List<ProtoMessage> messages();

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is no {@code .proto} file; the message names the line
   */
  public static ProtoFile parse(String text) {
    if (text.length() > MAX_CHARS) {
      throw new IllegalArgumentException("a .proto file of " + text.length() + " characters");
    }
    return new AutoValue_ProtoFile(List.copyOf(new Parser(text).file()));
  }

  /**
   * The message at a path of indexes, as Confluent's wire format names one: the index of the
   * top-level message, then of messages inside. Null if there is none.
   */
  public final @Nullable ProtoMessage message(List<Integer> path) {
    List<ProtoMessage> level = messages();
    ProtoMessage found = null;
    for (int index : path) {
      if (index < 0 || index >= level.size()) {
        return null;
      }
      found = level.get(index);
      level = found.nested();
    }
    return found;
  }

  /** Recursive descent over the tokens of the file. */
  private static final class Parser {
    private final ProtoTokens tokens;
    private boolean implicitLabels;
    private String packageName = "";

    Parser(String text) {
      tokens = new ProtoTokens(text);
    }

    List<ProtoMessage> file() {
      List<ProtoMessage> messages = new ArrayList<>();
      while (!tokens.atEnd()) {
        String token = tokens.next();
        switch (token) {
          case ";" -> {}
          case "syntax" -> {
            tokens.expect("=");
            implicitLabels = tokens.string().equals("proto3");
            tokens.expect(";");
          }
          case "package" -> {
            packageName = tokens.next();
            tokens.expect(";");
          }
          case "message" -> messages.add(message(packageName, 0));
          case "import", "option", "edition" -> tokens.skipStatement();
          case "enum", "service", "extend" -> tokens.skipDeclaration();
          default -> throw tokens.unexpected(token);
        }
      }
      return messages;
    }

    private ProtoMessage message(String scope, int depth) {
      if (depth == MAX_DEPTH) {
        throw new IllegalArgumentException("messages are nested deeper than " + MAX_DEPTH);
      }
      String name = tokens.name();
      String fullName = scope.isEmpty() ? name : scope + "." + name;
      Body body = new Body();
      tokens.expect("{");
      for (String token = tokens.next(); !token.equals("}"); token = tokens.next()) {
        switch (token) {
          case ";" -> {}
          case "message" -> {
            if (tokens.isDeclaration()) {
              body.nested.add(message(fullName, depth + 1));
            } else {
              field(body, unlabelled(), token, null);
            }
          }
          case "enum", "extend" -> tokens.skipDeclaration();
          case "option", "extensions" -> tokens.skipStatement();
          case "reserved" -> reserved(body);
          case "oneof" -> oneof(body);
          case "optional" -> field(body, ProtoMessage.Label.OPTIONAL, tokens.next(), null);
          case "required" -> field(body, ProtoMessage.Label.REQUIRED, tokens.next(), null);
          case "repeated" -> field(body, ProtoMessage.Label.REPEATED, tokens.next(), null);
          case "map" -> {
            tokens.expect("<");
            tokens.next();
            tokens.expect(",");
            tokens.next();
            tokens.expect(">");
            field(body, ProtoMessage.Label.REPEATED, "map", null);
          }
          default -> field(body, unlabelled(), token, null);
        }
      }
      return ProtoMessage.of(
          fullName, body.fields, body.reservedNumbers, body.reservedNames, body.nested);
    }

    /** Without a label, proto3 leaves zeros out and editions do not. */
    private ProtoMessage.Label unlabelled() {
      return implicitLabels ? ProtoMessage.Label.IMPLICIT : ProtoMessage.Label.OPTIONAL;
    }

    private void oneof(Body body) {
      String name = tokens.name();
      tokens.expect("{");
      for (String token = tokens.next(); !token.equals("}"); token = tokens.next()) {
        if (token.equals("option")) {
          tokens.skipStatement();
        } else if (!token.equals(";")) {
          field(body, ProtoMessage.Label.OPTIONAL, token, name);
        }
      }
    }

    private void field(Body body, ProtoMessage.Label label, String type, @Nullable String oneof) {
      if (type.equals("group") || !ProtoTokens.isName(type)) {
        throw tokens.unexpected(type);
      }
      String name = tokens.name();
      tokens.expect("=");
      int number = number();
      tokens.skipOptions();
      tokens.expect(";");
      for (ProtoMessage.Field other : body.fields) {
        if (other.number() == number || other.name().equals(name)) {
          throw new IllegalArgumentException(
              "fields " + other.name() + " and " + name + " share a name or the number " + number);
        }
      }
      body.fields.add(new ProtoMessage.Field(name, number, type, label, oneof));
    }

    private void reserved(Body body) {
      String end;
      do {
        if (tokens.isString()) {
          body.reservedNames.add(tokens.string());
          end = tokens.next();
          continue;
        }
        if (!tokens.isNumber()) {
          // Editions write reserved names without quotes.
          body.reservedNames.add(tokens.name());
          end = tokens.next();
          continue;
        }
        int from = number();
        int to = from;
        end = tokens.next();
        if (end.equals("to")) {
          to = tokens.isNumber() ? number() : MAX_FIELD_NUMBER;
          if (tokens.peek().equals("max")) {
            tokens.next();
          }
          end = tokens.next();
        }
        body.reservedNumbers.add(new ProtoMessage.Range(from, to));
      } while (end.equals(","));
      if (!end.equals(";")) {
        throw tokens.unexpected(end);
      }
    }

    private int number() {
      String token = tokens.next();
      try {
        int number = Integer.decode(token);
        if (number >= 1 && number <= MAX_FIELD_NUMBER) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw tokens.unexpected(token);
      }
      throw tokens.unexpected(token);
    }
  }

  /** What has been read of a message. */
  private static final class Body {
    final List<ProtoMessage.Field> fields = new ArrayList<>();
    final List<ProtoMessage.Range> reservedNumbers = new ArrayList<>();
    final List<String> reservedNames = new ArrayList<>();
    final List<ProtoMessage> nested = new ArrayList<>();
  }
}
