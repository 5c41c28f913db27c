package org.kappabeam.coders.event;

import org.checkerframework.checker.nullness.qual.Nullable;

/** Text out of untrusted bytes, made fit for coders, views and people's eyes. */
final class Texts {
  /** Longest detail of a dead letter, in characters. */
  private static final int MAX_DETAIL = 240;

  private Texts() {}

  /** Whether every surrogate has its other half: the strings UTF-8 can carry. */
  static boolean isUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** Short, printable, on one line, and Unicode whatever the text was. */
  static String oneLine(@Nullable String text) {
    String whole = String.valueOf(text);
    StringBuilder line = new StringBuilder(Math.min(whole.length(), MAX_DETAIL));
    for (int i = 0; i < whole.length(); ) {
      int c = whole.codePointAt(i);
      i += Character.charCount(c);
      int type = Character.getType(c);
      boolean plain =
          type != Character.CONTROL
              && type != Character.SURROGATE
              && type != Character.FORMAT
              && type != Character.LINE_SEPARATOR
              && type != Character.PARAGRAPH_SEPARATOR;
      if (line.length() >= MAX_DETAIL) {
        return line.append('…').toString();
      }
      line.appendCodePoint(plain ? c : '?');
    }
    return line.toString();
  }
}
