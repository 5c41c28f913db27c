package org.kappabeam.transforms.bigtable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port that leads to another one of this machine, and can be shut. */
final class Door {
  private final int behind;
  private final int port;
  private final Set<Socket> passages = ConcurrentHashMap.newKeySet();
  private ServerSocket server;

  Door(int behind) throws IOException {
    this.behind = behind;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.port = server.getLocalPort();
    welcome(server);
  }

  int port() {
    return port;
  }

  synchronized void shut() throws IOException {
    server.close();
    for (Socket passage : passages) {
      passage.close();
    }
    passages.clear();
  }

  synchronized void open() throws IOException {
    server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    welcome(server);
  }

  private void welcome(ServerSocket open) {
    inBackground(
        () -> {
          while (true) {
            Socket guest = open.accept();
            Socket host = new Socket(InetAddress.getLoopbackAddress(), behind);
            passages.add(guest);
            passages.add(host);
            inBackground(() -> carry(guest, host));
            inBackground(() -> carry(host, guest));
          }
        });
  }

  private static void carry(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      int n;
      while ((n = in.read(buffer)) >= 0) {
        out.write(buffer, 0, n);
      }
    }
  }

  /** Work that ends when a socket is closed. */
  private interface Work {
    void run() throws IOException;
  }

  private static void inBackground(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // Shut.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}
