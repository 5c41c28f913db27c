package org.kappabeam.runners.flink.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * A real Flink cluster on this machine: a JobManager and TaskManagers, each a process of its own
 * with Flink's libraries and nothing of ours, configured by the file that is for users' clusters.
 */
public final class StandaloneCluster implements AutoCloseable {
  private static final String JOB_MANAGER =
      "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";

  private static final String TASK_MANAGER =
      "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

  private static final Duration START = Duration.ofMinutes(2);

  private static final Duration ANSWER = Duration.ofSeconds(5);

  private static final Pattern TASK_MANAGERS = Pattern.compile("\"taskmanagers\":(\\d+)");

  /** Flink's own scripts would work the processes' sizes out of one number; there are none here. */
  private static final Map<String, String> MEMORY =
      Map.of(
          "taskmanager.cpu.cores", "1.0",
          "taskmanager.memory.framework.heap.size", "128m",
          "taskmanager.memory.task.heap.size", "640m",
          "taskmanager.memory.framework.off-heap.size", "128m",
          "taskmanager.memory.task.off-heap.size", "64m",
          "taskmanager.memory.managed.size", "128m",
          "taskmanager.memory.network.min", "64m",
          "taskmanager.memory.network.max", "64m",
          "taskmanager.memory.jvm-metaspace.size", "256m");

  private static final Map<String, String> OVERHEAD =
      Map.of(
          "taskmanager.memory.jvm-overhead.min", "192m",
          "taskmanager.memory.jvm-overhead.max", "192m");

  /** Heap, and buffers beside it, as the sizes above add up. */
  private static final List<String> TASK_MANAGER_JVM =
      List.of("-Xmx768m", "-XX:MaxDirectMemorySize=256m", "-XX:MaxMetaspaceSize=256m");

  private static final List<String> JOB_MANAGER_JVM =
      List.of("-Xmx512m", "-XX:MaxMetaspaceSize=256m");

  private final Path directory;
  private final String classPath;
  private final int port;
  private final Map<String, String> settings;
  private final List<Process> taskManagers = new ArrayList<>();
  private @Nullable Process jobManager;
  private int started;

  private StandaloneCluster(
      Path directory, String classPath, int port, Map<String, String> settings) {
    this.directory = directory;
    this.classPath = classPath;
    this.port = port;
    this.settings = settings;
  }

  /**
   * A cluster that is configured and not started yet.
   *
   * @param directory for its files: configuration, logs, checkpoints and savepoints
   * @param classPath Flink's libraries
   * @param common the configuration that is for every cluster
   * @param port of the REST interface; 0 for any
   * @param slots of each TaskManager
   * @param more settings, which win
   * @throws KappaException if the directory cannot be written
   */
  public static StandaloneCluster in(
      Path directory,
      String classPath,
      Path common,
      int port,
      int slots,
      Map<String, String> more) {
    try {
      Path home = Files.createDirectories(directory).toAbsolutePath();
      int rest = port == 0 ? freePort() : port;
      Map<String, String> settings = new LinkedHashMap<>(MEMORY);
      settings.putAll(OVERHEAD);
      settings.put("jobmanager.rpc.address", "localhost");
      settings.put("jobmanager.rpc.port", Integer.toString(freePort()));
      settings.put("jobmanager.bind-host", "localhost");
      settings.put("taskmanager.host", "localhost");
      settings.put("taskmanager.bind-host", "localhost");
      settings.put("rest.address", "localhost");
      settings.put("rest.bind-address", "localhost");
      settings.put("rest.port", Integer.toString(rest));
      settings.put("taskmanager.numberOfTaskSlots", Integer.toString(slots));
      settings.put("io.tmp.dirs", home.resolve("tmp").toString());
      settings.put("web.tmpdir", home.resolve("tmp").toString());
      settings.put("state.checkpoints.dir", home.resolve("checkpoints").toUri().toString());
      settings.put("state.savepoints.dir", home.resolve("savepoints").toUri().toString());
      settings.putAll(more);
      StringBuilder text = new StringBuilder();
      for (String line : Files.readAllLines(common)) {
        // Flink refuses a file that says a thing twice.
        if (settings.keySet().stream().noneMatch(key -> line.startsWith(key + ":"))) {
          text.append(line).append('\n');
        }
      }
      settings.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
      Files.createDirectories(home.resolve("tmp"));
      Files.writeString(home.resolve("config.yaml"), text);
      return new StandaloneCluster(home, classPath, rest, settings);
    } catch (IOException e) {
      throw new KappaException(
          "cannot write to " + directory, "name a directory that this user may write to", e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** What {@code --flinkMaster} wants. */
  public String address() {
    return "localhost:" + port;
  }

  /** Where the processes write what they have to say. */
  public Path directory() {
    return directory;
  }

  /** Where checkpoints and savepoints go, as Flink names it. */
  public String setting(String key) {
    return settings.getOrDefault(key, "");
  }

  /**
   * Starts the JobManager and so many TaskManagers, and waits for all of them.
   *
   * @throws KappaException if they do not come up
   */
  public void start(int count) {
    startJobManager();
    for (int i = 0; i < count; i++) {
      startTaskManager();
    }
    awaitTaskManagers(count);
  }

  /** Starts the JobManager, or another one in the place of one that was killed. */
  public void startJobManager() {
    jobManager = process("jobmanager", JOB_MANAGER, JOB_MANAGER_JVM);
  }

  /** Starts one more TaskManager. */
  public void startTaskManager() {
    taskManagers.add(process("taskmanager", TASK_MANAGER, TASK_MANAGER_JVM));
  }

  /** Waits until so many TaskManagers, no more and no fewer, are known to the JobManager. */
  public void awaitTaskManagers(int count) {
    long deadline = System.nanoTime() + START.toNanos();
    while (registered() != count) {
      if (System.nanoTime() > deadline || !running().stream().allMatch(Process::isAlive)) {
        throw new KappaException(
            "Flink did not come up with %d TaskManagers".formatted(count),
            "look into " + directory.resolve("*.log"));
      }
      pause();
    }
  }

  private List<Process> running() {
    List<Process> all = new ArrayList<>(taskManagers);
    if (jobManager != null) {
      all.add(jobManager);
    }
    return all;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KappaException("interrupted while Flink was starting", "start it again", e);
    }
  }

  private int registered() {
    try {
      Matcher matcher = TASK_MANAGERS.matcher(get("/overview"));
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  /** What the REST interface answers. */
  public String get(String path) throws IOException {
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://" + address() + path))
                      .timeout(ANSWER)
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw new IOException(path + " says " + response.statusCode() + ": " + response.body());
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The TaskManagers that have been started and not been killed. */
  public int taskManagers() {
    return taskManagers.size();
  }

  /** Ends a TaskManager without a chance to say goodbye. */
  public void killTaskManager(int index) {
    kill(taskManagers.remove(index));
  }

  /** Ends the JobManager without a chance to say goodbye. */
  public void killJobManager() {
    if (jobManager != null) {
      kill(jobManager);
      jobManager = null;
    }
  }

  private static void kill(Process process) {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Process process(String name, String main, List<String> jvm) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    for (String opened : List.of("java.lang", "java.util", "java.time", "java.nio")) {
      command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    command.addAll(List.of("-Dfile.encoding=UTF-8", "-Duser.timezone=UTC", "-cp", classPath, main));
    command.addAll(List.of("--configDir", directory.toString()));
    Path log = directory.resolve(name + "-" + ++started + ".log");
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
    } catch (IOException e) {
      throw new KappaException("cannot start a " + name, "see that there is room for it", e);
    }
  }

  /** Ends all processes. */
  @Override
  public void close() {
    running().forEach(StandaloneCluster::kill);
    taskManagers.clear();
    jobManager = null;
  }
}
