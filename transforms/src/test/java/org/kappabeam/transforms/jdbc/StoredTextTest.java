package org.kappabeam.transforms.jdbc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class StoredTextTest {

  @Provide
  Arbitrary<String> nasty() {
    return Arbitraries.strings().withChars('\u0000', '\u0001', '\u0002', 'a', '漢').ofMaxLength(8);
  }

  @Property
  void everyTextComesBack(@ForAll("nasty") String text) {
    String stored = StoredText.escape(text);
    assertThat(stored.indexOf(0), is(-1));
    assertThat(StoredText.unescape(stored), equalTo(text));
  }

  @Property
  void orderIsKept(@ForAll("nasty") String a, @ForAll("nasty") String b) {
    int stored = StoredText.escape(a).compareTo(StoredText.escape(b));
    assertThat(Integer.signum(stored), is(Integer.signum(a.compareTo(b))));
  }

  @Test
  void ordinaryTextIsStoredAsItIs() {
    String text = "tab\tand 漢字";
    assertThat(StoredText.escape(text), sameInstance(text));
    assertThat(StoredText.unescape(text), sameInstance(text));
  }
}
