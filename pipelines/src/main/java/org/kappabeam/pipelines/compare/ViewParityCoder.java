package org.kappabeam.pipelines.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Encodes results as JSON: there are few of them, a bundle each. */
final class ViewParityCoder extends CompactCoder<ViewParity> {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @Override
  public void write(ViewParity value, ByteWriter out) {
    try {
      out.writeBytes(MAPPER.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write a comparison of " + value.view(), e);
    }
  }

  @Override
  public ViewParity read(ByteReader in) throws IOException {
    return MAPPER.readValue(in.readBytes(), ViewParity.class);
  }
}
