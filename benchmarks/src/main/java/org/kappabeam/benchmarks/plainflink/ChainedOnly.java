package org.kappabeam.benchmarks.plainflink;

import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** For values that pass between chained functions and are never written. */
final class ChainedOnly<T> extends ImmutableSerializer<T> {
  @Override
  public void serialize(T value, DataOutputView out) {
    throw new UnsupportedOperationException("only chained functions exchange this");
  }

  @Override
  public T deserialize(DataInputView in) {
    throw new UnsupportedOperationException("only chained functions exchange this");
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    throw new UnsupportedOperationException("only chained functions exchange this");
  }
}
