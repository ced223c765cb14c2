import jakarta.websocket.ContainerProvider;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cometd.bayeux.Channel;
import org.cometd.bayeux.Message;
import org.cometd.bayeux.client.ClientSessionChannel;
import org.cometd.client.BayeuxClient;
import org.cometd.client.ext.AckExtension;
import org.cometd.client.http.jetty.JettyHttpClientTransport;
import org.cometd.client.transport.ClientTransport;
import org.cometd.client.websocket.jakarta.WebSocketTransport;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.ajax.JSON;

/**
 * CometD's own Java client under remote control: commands come as lines of tab-separated words, what the
 * client sees goes out as lines of JSON.
 */
public final class ClientAgent {
    private static final Map<String, BayeuxClient> clients = new HashMap<>();
    private static final String[] META = {
        Channel.META_HANDSHAKE, Channel.META_CONNECT, Channel.META_SUBSCRIBE, Channel.META_UNSUBSCRIBE,
        Channel.META_DISCONNECT
    };

    private ClientAgent() {
    }

    public static void main(String[] args) throws Exception {
        HttpClient http = new HttpClient();
        http.start();
        say("agent", "ready", Map.of());
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            take(http, line.split("\t"));
        }
        System.exit(0);
    }

    private static void take(HttpClient http, String[] words) {
        String name = words[1];
        if (words[0].equals("new")) {
            clients.put(name, create(http, name, words[2], words[3], words[4].equals("ack")));
            return;
        }
        BayeuxClient client = clients.get(name);
        switch (words[0]) {
            case "handshake" -> client.handshake(null, reply -> { });
            case "subscribe" -> client.getChannel(words[2])
                .subscribe((channel, message) -> say(name, "message", message));
            case "unsubscribe" -> client.getChannel(words[2]).unsubscribe();
            case "listen" -> client.getChannel(words[2]).addListener(
                (ClientSessionChannel.MessageListener) (channel, message) -> {
                    if (!message.isPublishReply()) {
                        say(name, "message", message);
                    }
                });
            case "publish" -> client.getChannel(words[2])
                .publish(new JSON().fromJSON(words[3]), reply -> say(name, "published", reply));
            case "batch" -> client.batch(() -> {
                for (int n = 0; n < Integer.parseInt(words[3]); n++) {
                    client.getChannel(words[2]).publish(Map.of("n", n));
                }
            });
            case "disconnect" -> client.disconnect(reply -> { });
            case "abort" -> client.abort();
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static BayeuxClient create(
        HttpClient http, String name, String url, String transports, boolean ack) {
        List<ClientTransport> list = new ArrayList<>();
        for (String transport : transports.split(",")) {
            list.add(transport.equals("websocket")
                ? new WebSocketTransport(new HashMap<>(), null, ContainerProvider.getWebSocketContainer())
                : new JettyHttpClientTransport(new HashMap<>(), http));
        }
        ClientTransport first = list.remove(0);
        BayeuxClient client = new BayeuxClient(url, first, list.toArray(new ClientTransport[0]));
        client.setOption(BayeuxClient.BACKOFF_INCREMENT_OPTION, 50L);
        if (ack) {
            client.addExtension(new AckExtension());
        }
        for (String meta : META) {
            client.getChannel(meta).addListener(
                (ClientSessionChannel.MessageListener) (channel, message) -> say(name, meta, message));
        }
        return client;
    }

    private static synchronized void say(String name, String event, Object about) {
        Map<String, Object> line = new HashMap<>();
        line.put("client", name);
        line.put("event", event);
        line.put("message", about instanceof Message message ? plain(message) : about);
        System.out.println(new JSON().toJSON(line));
        System.out.flush();
    }

    /** What a failed message carries about its exception is no JSON. */
    private static Map<String, Object> plain(Message message) {
        Map<String, Object> fields = new HashMap<>(message);
        fields.remove("failure");
        return fields;
    }
}
