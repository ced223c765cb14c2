import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Map;
import org.cometd.bayeux.Promise;
import org.cometd.bayeux.server.BayeuxServer;
import org.cometd.server.AbstractServerTransport;
import org.cometd.server.BayeuxServerImpl;
import org.cometd.server.http.jakarta.CometDServlet;
import org.cometd.server.websocket.common.AbstractWebSocketTransport;
import org.cometd.server.websocket.jetty.JettyWebSocketTransport;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Context;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/**
 * CometD's own server on Jetty, the peer of the benchmarks: WebSocket on one port, long-polling on another.
 * A line `publish N` on the standard input sends one message to everybody on /all; `gc` collects and tells
 * the heap in use.
 */
public final class ReferenceServer {
    private ReferenceServer() {
    }

    public static void main(String[] args) throws Exception {
        BayeuxServerImpl sockets = new BayeuxServerImpl();
        sockets.setOption(AbstractWebSocketTransport.COMETD_URL_MAPPING_OPTION, "/server/cometd");
        sockets.setOption(AbstractServerTransport.TIMEOUT_OPTION, "300000");
        sockets.setTransports(new JettyWebSocketTransport(sockets));
        ContextHandler context = new ContextHandler("/");
        Server webSocketServer = server();
        webSocketServer.setHandler(context);
        sockets.setOption(Context.class.getName(), context.getContext());
        WebSocketUpgradeHandler upgrades = WebSocketUpgradeHandler.from(webSocketServer, context);
        context.setHandler(upgrades);
        upgrades.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                return false;
            }
        });
        webSocketServer.start();
        sockets.start();

        Server httpServer = server();
        ServletContextHandler servlets = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(new CometDServlet());
        holder.setInitParameter("timeout", "300000");
        holder.setInitParameter("maxSessionsPerBrowser", "-1");
        String polling = "org.cometd.server.http.JSONHttpTransport";
        holder.setInitParameter(BayeuxServerImpl.TRANSPORTS_OPTION, polling);
        holder.setInitOrder(1);
        holder.setAsyncSupported(true);
        servlets.addServlet(holder, "/server/cometd/*");
        httpServer.setHandler(servlets);
        httpServer.start();
        BayeuxServer polls = (BayeuxServer) servlets.getServletContext().getAttribute(BayeuxServer.ATTRIBUTE);
        BayeuxServer[] all = {sockets, polls};
        System.out.println("{\"webSocketPort\":" + portOf(webSocketServer)
            + ",\"httpPort\":" + portOf(httpServer) + "}");
        obey(all);
    }

    private static Server server() {
        Server server = new Server(new QueuedThreadPool());
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setIdleTimeout(600_000);
        connector.setAcceptQueueSize(4_096);
        server.addConnector(connector);
        return server;
    }

    private static int portOf(Server server) {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    private static void obey(BayeuxServer[] all) throws Exception {
        for (BayeuxServer bayeux : all) {
            bayeux.createChannelIfAbsent("/all", channel -> channel.setPersistent(true));
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ", 3);
            if (words[0].equals("gc")) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                System.out.println("{\"heapBytes\":" + (runtime.totalMemory() - runtime.freeMemory()) + "}");
            } else if (words[0].equals("publish")) {
                Map<String, Object> data = Map.of("n", Integer.parseInt(words[1]), "text", words[2]);
                for (BayeuxServer bayeux : all) {
                    bayeux.getChannel("/all").publish(null, data, Promise.noop());
                }
            }
        }
        System.exit(0);
    }
}
