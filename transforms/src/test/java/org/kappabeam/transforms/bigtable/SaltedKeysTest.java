package org.kappabeam.transforms.bigtable;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.google.protobuf.ByteString;
import java.util.Comparator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.kappabeam.transforms.view.ViewValues;

class SaltedKeysTest {
  private static final Comparator<ByteString> BYTES =
      ByteString.unsignedLexicographicalComparator();

  /** Stored rows depend on it: another salt for the same key, and its row is not found again. */
  @Test
  void theSaltOfAKeyNeverChanges() {
    SaltedKeys keys = new SaltedKeys(16);
    assertThat(keys.rowKey("").byteAt(0), is((byte) 0));
    assertThat(keys.rowKey("tx-1").byteAt(0), is((byte) 10));
    assertThat(keys.rowKey("漢字").byteAt(0), is((byte) 15));
  }

  @Property(tries = 200)
  void keysComeBackAndKeepTheirOrderWithinASalt(
      @ForAll("keys") String a,
      @ForAll("keys") String b,
      @ForAll @IntRange(min = 1, max = 128) int salts) {
    SaltedKeys keys = new SaltedKeys(salts);
    ByteString rowA = keys.rowKey(a);
    ByteString rowB = keys.rowKey(b);
    assertThat(SaltedKeys.key(rowA), is(a));
    assertThat(BYTES.compare(rowA, SaltedKeys.RECORD) < 0, is(true));
    if (rowA.byteAt(0) == rowB.byteAt(0)) {
      assertThat(
          Integer.signum(BYTES.compare(rowA, rowB)),
          is(Integer.signum(ViewValues.compareKeys(a, b))));
    }
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.strings()
        .withCharRange('a', 'c')
        .withChars('\u0000', 'ä', '漢', '\uFFFD')
        .ofMaxLength(4);
  }
}
