package org.kappabeam.coders.schema;

/** The tokens of a {@code .proto} file: names (with dots), numbers, strings and single signs. */
final class ProtoTokens {
  private final String text;
  private int position;

  /** The next token; empty at the end. A string keeps its opening quote. */
  private String token = "";

  private int tokenStart;

  ProtoTokens(String text) {
    this.text = text;
    advance();
  }

  boolean atEnd() {
    return token.isEmpty();
  }

  String peek() {
    return token;
  }

  String next() {
    String now = token;
    if (now.isEmpty()) {
      throw new IllegalArgumentException("the file ends in the middle of a declaration");
    }
    advance();
    return now;
  }

  void expect(String what) {
    if (!token.equals(what)) {
      throw new IllegalArgumentException(
          "line " + line() + ": '" + what + "' expected, not '" + shown(token) + "'");
    }
    next();
  }

  String name() {
    if (!isName(token)) {
      throw unexpected(token);
    }
    return next();
  }

  /** The text of a string literal; adjacent literals are one. */
  String string() {
    if (!isString()) {
      throw unexpected(token);
    }
    StringBuilder whole = new StringBuilder();
    while (isString()) {
      whole.append(next().substring(1));
    }
    return whole.toString();
  }

  boolean isString() {
    return !token.isEmpty() && (token.charAt(0) == '"' || token.charAt(0) == '\'');
  }

  boolean isNumber() {
    return !token.isEmpty() && Character.isDigit(token.charAt(0));
  }

  static boolean isName(String token) {
    return !token.isEmpty()
        && (Character.isLetter(token.charAt(0))
            || token.charAt(0) == '_'
            || token.charAt(0) == '.');
  }

  /** Whether a name and an opening brace come next. */
  boolean isDeclaration() {
    int after = position;
    while (after < text.length() && Character.isWhitespace(text.charAt(after))) {
      after++;
    }
    return isName(token) && after < text.length() && text.charAt(after) == '{';
  }

  /** To the semicolon, over whatever braces are on the way. */
  void skipStatement() {
    int depth = 0;
    for (String now = next(); depth > 0 || !now.equals(";"); now = next()) {
      depth += now.equals("{") ? 1 : now.equals("}") ? -1 : 0;
    }
  }

  /** To the end of the block that opens next. */
  void skipDeclaration() {
    int depth = 0;
    String now;
    do {
      now = next();
      depth += now.equals("{") ? 1 : now.equals("}") ? -1 : 0;
    } while (depth > 0 || !now.equals("}"));
  }

  /** Over {@code [deprecated = true]}, if it is there. */
  void skipOptions() {
    if (token.equals("[")) {
      int depth = 0;
      do {
        String now = next();
        depth += now.equals("[") ? 1 : now.equals("]") ? -1 : 0;
      } while (depth > 0);
    }
  }

  IllegalArgumentException unexpected(String what) {
    return new IllegalArgumentException(
        "line " + line() + ": '" + shown(what) + "' is not expected");
  }

  private static String shown(String token) {
    return token.length() > 40 ? token.substring(0, 40) : token;
  }

  private long line() {
    return 1 + text.substring(0, tokenStart).chars().filter(c -> c == '\n').count();
  }

  private void advance() {
    skipBlanks();
    tokenStart = position;
    if (position == text.length()) {
      token = "";
      return;
    }
    char first = text.charAt(position);
    if (first == '"' || first == '\'') {
      token = literal(first);
    } else if (isWordPart(first)) {
      while (position < text.length() && isWordPart(text.charAt(position))) {
        position++;
      }
      token = text.substring(tokenStart, position);
    } else {
      token = text.substring(position, ++position);
    }
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.';
  }

  /** The opening quote and the text, without escapes undone: no name or syntax needs any. */
  private String literal(char quote) {
    int end = position + 1;
    while (end < text.length() && text.charAt(end) != quote) {
      end += text.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= text.length()) {
      throw new IllegalArgumentException("line " + line() + ": a string does not end");
    }
    String literal = text.substring(position, end);
    position = end + 1;
    return literal;
  }

  private void skipBlanks() {
    while (position < text.length()) {
      if (Character.isWhitespace(text.charAt(position))) {
        position++;
      } else if (text.startsWith("//", position)) {
        int end = text.indexOf('\n', position);
        position = end < 0 ? text.length() : end + 1;
      } else if (text.startsWith("/*", position)) {
        int end = text.indexOf("*/", position + 2);
        if (end < 0) {
          throw new IllegalArgumentException("a comment does not end");
        }
        position = end + 2;
      } else {
        return;
      }
    }
  }
}
