package org.kappabeam.terraform.hcl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kappabeam.terraform.hcl.Expression.Access;
import org.kappabeam.terraform.hcl.Expression.Call;
import org.kappabeam.terraform.hcl.Expression.Entry;
import org.kappabeam.terraform.hcl.Expression.For;
import org.kappabeam.terraform.hcl.Expression.ListOf;
import org.kappabeam.terraform.hcl.Expression.Literal;
import org.kappabeam.terraform.hcl.Expression.ObjectOf;
import org.kappabeam.terraform.hcl.Expression.Operation;
import org.kappabeam.terraform.hcl.Expression.Reference;
import org.kappabeam.terraform.hcl.Expression.Template;

/** Reads a file of HCL by recursive descent. Template directives ({@code %{if}}) stay text. */
public final class HclParser {
  /** Longer operators first; binding strength grows with the number. */
  private static final List<Map.Entry<String, Integer>> OPERATORS =
      List.of(
          Map.entry("||", 1),
          Map.entry("&&", 2),
          Map.entry("==", 3),
          Map.entry("!=", 3),
          Map.entry("<=", 4),
          Map.entry(">=", 4),
          Map.entry("<", 4),
          Map.entry(">", 4),
          Map.entry("+", 5),
          Map.entry("-", 5),
          Map.entry("*", 6),
          Map.entry("/", 6),
          Map.entry("%", 6));

  private final String file;
  private final String text;
  private int at;

  private HclParser(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /**
   * Reads a file.
   *
   * @param file its name, for messages
   * @throws HclException if it is no HCL
   */
  public static Body parse(String file, String text) {
    HclParser parser = new HclParser(file, text);
    return parser.body(true);
  }

  /**
   * Reads one expression.
   *
   * @param where for messages
   * @throws HclException if it is none
   */
  private static Expression expression(String where, String text) {
    HclParser parser = new HclParser(where, text);
    Expression result = parser.expression(true);
    parser.skip(true);
    if (parser.at < text.length()) {
      throw parser.failure("more than one expression in ${}");
    }
    return result;
  }

  private Body body(boolean wholeFile) {
    List<Attribute> attributes = new ArrayList<>();
    List<Block> blocks = new ArrayList<>();
    while (true) {
      skip(true);
      if (at == text.length()) {
        if (!wholeFile) {
          throw failure("a block has no end");
        }
        return new Body(attributes, blocks);
      }
      if (!wholeFile && take("}")) {
        return new Body(attributes, blocks);
      }
      int line = line();
      String name = identifier();
      skip(false);
      if (peek('=')) {
        at++;
        Expression value = expression(false);
        attributes.add(new Attribute(name, value, line));
        skip(false);
        if (at < text.length() && !peek('\n') && !peek('}')) {
          throw failure("an attribute goes on where its line should end");
        }
      } else {
        blocks.add(block(name, line));
      }
    }
  }

  private Block block(String type, int line) {
    List<String> labels = new ArrayList<>();
    while (!peek('{')) {
      labels.add(
          peek('"')
              ? string().text().orElseThrow(() -> failure("a label is not plain text"))
              : identifier());
      skip(false);
    }
    at++;
    return new Block(type, labels, body(false), line);
  }

  private Expression expression(boolean newlines) {
    Expression condition = operation(newlines, 1);
    skip(newlines);
    if (!take("?")) {
      return condition;
    }
    Expression then = expression(newlines);
    skip(newlines);
    expect(":");
    return new Operation("?", List.of(condition, then, expression(newlines)));
  }

  private Expression operation(boolean newlines, int strength) {
    Expression left = unary(newlines);
    while (true) {
      skip(newlines);
      Optional<Map.Entry<String, Integer>> operator = operator();
      if (operator.isEmpty() || operator.get().getValue() < strength) {
        return left;
      }
      at += operator.get().getKey().length();
      Expression right = operation(newlines, operator.get().getValue() + 1);
      left = new Operation(operator.get().getKey(), List.of(left, right));
    }
  }

  private Optional<Map.Entry<String, Integer>> operator() {
    // "=>" and "=" are none, and "..." belongs to a call.
    return OPERATORS.stream().filter(entry -> text.startsWith(entry.getKey(), at)).findFirst();
  }

  private Expression unary(boolean newlines) {
    skip(newlines);
    if (peek('!') || peek('-')) {
      String operator = text.substring(at, ++at);
      return new Operation(operator, List.of(unary(newlines)));
    }
    return postfix(primary(newlines));
  }

  private Expression postfix(Expression start) {
    List<String> path = new ArrayList<>();
    List<Expression> indices = new ArrayList<>();
    if (start instanceof Reference reference) {
      path.addAll(reference.path());
    }
    int steps = 0;
    while (true) {
      if (peek('.') && !text.startsWith("...", at)) {
        at++;
        path.add(take("*") ? "*" : word());
      } else if (peek('[')) {
        at++;
        skip(true);
        if (take("*")) {
          path.add("*");
        } else {
          Expression index = expression(true);
          indices.add(index);
          path.add(name(index));
        }
        skip(true);
        expect("]");
      } else {
        break;
      }
      steps++;
    }
    if (start instanceof Reference) {
      return new Reference(path, indices);
    }
    return steps == 0 ? start : new Access(start, indices);
  }

  private static String name(Expression index) {
    if (index instanceof Literal literal) {
      return literal.value() instanceof Double number
          ? Integer.toString(number.intValue())
          : literal.value().toString();
    }
    return "*";
  }

  private Expression primary(boolean newlines) {
    skip(newlines);
    if (at == text.length()) {
      throw failure("an expression is missing");
    }
    char c = text.charAt(at);
    if (c == '"') {
      return string();
    } else if (text.startsWith("<<", at)) {
      return heredoc();
    } else if (c == '(') {
      at++;
      Expression inner = expression(true);
      skip(true);
      expect(")");
      return new Operation("()", List.of(inner));
    } else if (c == '[') {
      return list();
    } else if (c == '{') {
      return object();
    } else if (Character.isDigit(c)) {
      return number();
    }
    String name = identifier();
    return switch (name) {
      case "true" -> new Literal(true);
      case "false" -> new Literal(false);
      case "null" -> new Literal(Literal.NULL);
      default -> peek('(') ? call(name) : new Reference(List.of(name), List.of());
    };
  }

  private Expression call(String name) {
    at++;
    List<Expression> arguments = new ArrayList<>();
    while (true) {
      skip(true);
      if (take(")")) {
        return new Call(name, arguments);
      }
      arguments.add(expression(true));
      skip(true);
      if (!take(",") && !take("...")) {
        skip(true);
        expect(")");
        return new Call(name, arguments);
      }
    }
  }

  private Expression list() {
    at++;
    skip(true);
    if (isFor()) {
      return loop("]");
    }
    List<Expression> items = new ArrayList<>();
    while (true) {
      skip(true);
      if (take("]")) {
        return new ListOf(items);
      }
      items.add(expression(true));
      skip(true);
      if (!take(",")) {
        expect("]");
        return new ListOf(items);
      }
    }
  }

  private Expression object() {
    at++;
    skip(true);
    if (isFor()) {
      return loop("}");
    }
    List<Entry> entries = new ArrayList<>();
    while (true) {
      skip(true);
      if (take("}")) {
        return new ObjectOf(entries);
      }
      Expression key = operation(false, 1);
      if (key instanceof Reference reference && reference.path().size() == 1) {
        key = new Literal(reference.at(0));
      }
      skip(false);
      if (!take("=") && !take(":")) {
        throw failure("a key has no value");
      }
      entries.add(new Entry(key, expression(false)));
      skip(false);
      if (!take(",") && !peek('\n') && !peek('}')) {
        throw failure("an entry goes on where it should end");
      }
    }
  }

  private boolean isFor() {
    return text.startsWith("for", at)
        && at + 3 < text.length()
        && Character.isWhitespace(text.charAt(at + 3));
  }

  private Expression loop(String end) {
    at += 3;
    List<String> names = new ArrayList<>();
    do {
      skip(true);
      names.add(identifier());
      skip(true);
    } while (take(","));
    if (!identifier().equals("in")) {
      throw failure("for lacks its in");
    }
    Expression collection = expression(true);
    skip(true);
    expect(":");
    List<Expression> results = new ArrayList<>();
    results.add(expression(true));
    skip(true);
    if (take("=>")) {
      results.add(expression(true));
      skip(true);
      boolean grouped = take("...");
      if (grouped) {
        skip(true);
      }
    }
    if (!text.startsWith(end, at)) {
      if (!identifier().equals("if")) {
        throw failure("for does not end");
      }
      results.add(expression(true));
      skip(true);
    }
    expect(end);
    return new For(names, collection, results);
  }

  private Expression number() {
    int start = at;
    while (at < text.length()
        && (Character.isDigit(text.charAt(at))
            || (text.charAt(at) == '.'
                && at + 1 < text.length()
                && Character.isDigit(text.charAt(at + 1))))) {
      at++;
    }
    return new Literal(Double.valueOf(text.substring(start, at)));
  }

  private Expression string() {
    at++;
    int start = at;
    while (true) {
      if (at >= text.length() || text.charAt(at) == '\n') {
        throw failure("a text has no end");
      }
      char c = text.charAt(at);
      if (c == '\\') {
        at += 2;
      } else if (c == '"') {
        String content = text.substring(start, at);
        at++;
        return template(content, true);
      } else if (text.startsWith("$${", at)) {
        at += 3;
      } else if (text.startsWith("${", at)) {
        at = interpolationEnd(text, at + 2) + 1;
      } else {
        at++;
      }
    }
  }

  private Expression heredoc() {
    at += 2;
    boolean unused = take("-");
    String marker = identifier();
    int start = text.indexOf('\n', at) + 1;
    int lineStart = start;
    while (true) {
      int lineEnd = text.indexOf('\n', lineStart);
      if (lineEnd < 0) {
        throw failure("text <<" + marker + " has no end");
      }
      if (text.substring(lineStart, lineEnd).strip().equals(marker)) {
        at = lineEnd;
        return template(text.substring(start, lineStart), false);
      }
      lineStart = lineEnd + 1;
    }
  }

  /** Where the brace stands that ends an interpolation whose content begins here. */
  private int interpolationEnd(String in, int from) {
    int depth = 0;
    for (int i = from; i < in.length(); i++) {
      char c = in.charAt(i);
      if (c == '"') {
        for (i++; i < in.length() && in.charAt(i) != '"'; i++) {
          if (in.charAt(i) == '\\') {
            i++;
          } else if (in.startsWith("${", i)) {
            i = interpolationEnd(in, i + 2);
          }
        }
      } else if (c == '{') {
        depth++;
      } else if (c == '}') {
        if (depth == 0) {
          return i;
        }
        depth--;
      }
    }
    throw failure("${ has no end");
  }

  private Expression template(String content, boolean escapes) {
    List<Expression> parts = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < content.length(); i++) {
      if (content.startsWith("$${", i)) {
        plain.append("${");
        i += 2;
      } else if (content.startsWith("${", i)) {
        int end = interpolationEnd(content, i + 2);
        if (plain.length() > 0) {
          parts.add(new Literal(plain.toString()));
          plain.setLength(0);
        }
        parts.add(expression(where(), content.substring(i + 2, end)));
        i = end;
      } else if (escapes && content.charAt(i) == '\\') {
        i++;
        if (content.charAt(i) == 'u') {
          plain.append((char) Integer.parseInt(content.substring(i + 1, i + 5), 16));
          i += 4;
        } else {
          plain.append(
              switch (content.charAt(i)) {
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case '"', '\\' -> content.charAt(i);
                default -> throw failure("\\" + content.charAt(i) + " is no escape");
              });
        }
      } else {
        plain.append(content.charAt(i));
      }
    }
    if (parts.isEmpty()) {
      return new Literal(plain.toString());
    }
    if (plain.length() > 0) {
      parts.add(new Literal(plain.toString()));
    }
    return new Template(parts);
  }

  /** Skips white space and comments. */
  private void skip(boolean newlines) {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ' ' || c == '\t' || c == '\r' || (newlines && c == '\n')) {
        at++;
      } else if (c == '#' || text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at);
        if (end < 0) {
          throw failure("a comment has no end");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  private String identifier() {
    if (at == text.length() || !(Character.isLetter(text.charAt(at)) || peek('_'))) {
      throw failure("a name is missing");
    }
    return word();
  }

  private String word() {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || peek('_') || peek('-'))) {
      at++;
    }
    if (at == start) {
      throw failure("a name is missing");
    }
    return text.substring(start, at);
  }

  private boolean peek(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private boolean take(String token) {
    if (!text.startsWith(token, at)) {
      return false;
    }
    at += token.length();
    return true;
  }

  private void expect(String token) {
    if (!take(token)) {
      throw failure(token + " is missing");
    }
  }

  private int line() {
    return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
  }

  private String where() {
    return file + ":" + line();
  }

  private HclException failure(String what) {
    return new HclException(where(), what);
  }
}
