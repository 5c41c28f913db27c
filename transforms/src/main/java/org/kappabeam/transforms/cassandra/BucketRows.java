package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionStage;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The rows of one bucket, page by page; the next page is on its way while one is read. */
final class BucketRows implements Iterator<Row> {
  private @Nullable CompletionStage<AsyncResultSet> coming;
  private Iterator<Row> page;

  BucketRows(CompletionStage<AsyncResultSet> first) {
    this.coming = first;
    this.page = Collections.emptyIterator();
  }

  @Override
  public boolean hasNext() {
    while (!page.hasNext() && coming != null) {
      AsyncResultSet result = Await.of(coming);
      coming = result.hasMorePages() ? result.fetchNextPage() : null;
      page = result.currentPage().iterator();
    }
    return page.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return page.next();
  }
}
