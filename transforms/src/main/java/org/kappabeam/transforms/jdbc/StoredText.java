package org.kappabeam.transforms.jdbc;

/**
 * Text as SQL stores can hold it. PostgreSQL refuses U+0000 in text, and a refused row would stop
 * the job that writes it; so U+0000 is stored as U+0001 U+0001 and U+0001 as U+0001 U+0002. Text
 * without these two control characters, which is all text people write, is stored as it is. The
 * mapping is exact both ways and keeps the order of keys.
 */
final class StoredText {
  private static final char ESCAPE = '\u0001';

  private StoredText() {}

  static String escape(String text) {
    if (text.indexOf(0) < 0 && text.indexOf(ESCAPE) < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ESCAPE) {
        out.append(ESCAPE).append((char) (c + 1));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  static String unescape(String stored) {
    if (stored.indexOf(ESCAPE) < 0) {
      return stored;
    }
    StringBuilder out = new StringBuilder(stored.length());
    for (int i = 0; i < stored.length(); i++) {
      char c = stored.charAt(i);
      if (c == ESCAPE && i + 1 < stored.length()) {
        i++;
        out.append((char) (stored.charAt(i) - 1));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
