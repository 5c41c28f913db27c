package org.kappabeam.transforms.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Lists as JSON text, for stores without arrays: {@code ["a","b"]}, {@code [1,2]}. */
final class JsonList {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonList() {}

  static String write(List<?> list) throws SQLException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartArray();
      for (Object element : list) {
        if (element instanceof Long number) {
          out.writeNumber(number);
        } else {
          out.writeString((String) element);
        }
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new SQLException("cannot write a list as JSON", e);
    }
    return text.toString();
  }

  static List<Object> read(String text) throws SQLException {
    List<Object> list = new ArrayList<>();
    try (JsonParser in = JSON.createParser(text)) {
      boolean array = in.nextToken() == JsonToken.START_ARRAY;
      while (array && in.nextToken() != JsonToken.END_ARRAY) {
        list.add(in.currentToken() == JsonToken.VALUE_STRING ? in.getText() : in.getLongValue());
      }
      if (!array || in.nextToken() != null) {
        throw new SQLException("not a list of ours: " + text);
      }
    } catch (IOException e) {
      throw new SQLException("not a list of ours: " + text, e);
    }
    return list;
  }
}
