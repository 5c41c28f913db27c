package org.kappabeam.runners.spark;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.Option;
import scala.Tuple4;
import scala.collection.Iterator;
import scala.collection.Seq;

/**
 * What tasks have counted so far. Spark adds up counters when a task ends, which may be after
 * hours; until then, tasks tell theirs with every heartbeat.
 */
final class RunningTasks extends SparkListener {
  private final Map<Long, MetricsContainerStepMap> latest = new ConcurrentHashMap<>();

  /** A heartbeat may come after its task's end. */
  private final Set<Long> ended = ConcurrentHashMap.newKeySet();

  /** Adds what tasks told last to what others have counted. */
  void addTo(MetricsContainerStepMap all) {
    latest.values().forEach(all::updateAll);
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    Iterator<Tuple4<Object, Object, Object, Seq<AccumulableInfo>>> tasks =
        heartbeat.accumUpdates().iterator();
    while (tasks.hasNext()) {
      Tuple4<Object, Object, Object, Seq<AccumulableInfo>> task = tasks.next();
      Iterator<AccumulableInfo> accumulators = task._4().iterator();
      while (accumulators.hasNext()) {
        Option<Object> counted = accumulators.next().update();
        if (counted.isDefined()
            && counted.get() instanceof MetricsContainerStepMap counters
            && !ended.contains((Long) task._1())) {
          latest.put((Long) task._1(), counters);
        }
      }
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    ended.add(end.taskInfo().taskId());
    latest.remove(end.taskInfo().taskId());
  }
}
