package feed_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hubapi"
	"warroom/model"
)

// documented is the cluster of docs/cluster, with its files, on other ports.
type documented struct {
	t    *testing.T
	dir  string
	urls []string
}

func newDocumented(t *testing.T) *documented {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "docs", "cluster", "people.conf"))
	must(t, err)
	return newDocumentedFrom(t, string(raw), []string{"hub", "ana", "bo", "wim"})
}

// newDocumentedFrom returns such a cluster with another people.conf.
func newDocumentedFrom(t *testing.T, conf string, people []string) *documented {
	t.Helper()
	x := &documented{t: t, dir: feedtest.Data(t)}
	for _, f := range []string{"people.conf", "n1.conf", "n2.conf", "n3.conf"} {
		raw, err := os.ReadFile(filepath.Join("..", "docs", "cluster", f))
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		if f == "people.conf" {
			raw = []byte(conf)
		}
		text := strings.NewReplacer("cert_file: ", "cert_file: "+x.dir+"/", "key_file: ", "key_file: "+x.dir+"/",
			"ca_file: ", "ca_file: "+x.dir+"/", "store/", x.dir+"/store/").Replace(string(raw))
		x.write(f, text)
	}
	x.certificates()
	var keys strings.Builder
	for _, who := range people {
		pair, err := nkeys.CreateUser()
		if err != nil {
			t.Fatalf("make a key: %v", err)
		}
		seed, _ := pair.Seed()
		public, _ := pair.PublicKey()
		x.write(who+".nk", string(seed)+"\n")
		fmt.Fprintf(&keys, "%s: %q\n", strings.ToUpper(who), public)
	}
	x.write("keys.conf", keys.String())
	x.start()
	return x
}

func (x *documented) write(name, text string) {
	x.t.Helper()
	if err := os.WriteFile(filepath.Join(x.dir, name), []byte(text), 0o600); err != nil {
		x.t.Fatalf("write a file: %v", err)
	}
}

// certificates makes the certificates that prepare.sh makes.
func (x *documented) certificates() {
	x.t.Helper()
	make := func(c, by *x509.Certificate, key, signer *ecdsa.PrivateKey, name string) {
		der, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), signer)
		if err != nil {
			x.t.Fatalf("make a certificate: %v", err)
		}
		raw, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			x.t.Fatalf("encode a key: %v", err)
		}
		x.write(name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
		x.write(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})))
	}
	top, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		x.t.Fatalf("make a key: %v", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		x.t.Fatalf("make a key: %v", err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour),
		IsCA:     true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	node := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	make(ca, ca, top, top, "ca")
	make(node, ca, key, top, "server")
}

// start starts the three nodes on free ports.
func (x *documented) start() {
	x.t.Helper()
	var all []*server.Options
	var routes []*url.URL
	for i := 1; i <= 3; i++ {
		o, err := server.ProcessConfigFile(filepath.Join(x.dir, fmt.Sprintf("n%d.conf", i)))
		if err != nil {
			x.t.Fatalf("process config file: %v", err)
		}
		o.Port, o.Cluster.Port, o.NoLog, o.NoSigs = -1, feedtest.Port(x.t), true, true
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", o.Cluster.Port)})
		all = append(all, o)
	}
	var nodes []*server.Server
	defer func() { // a stream that is made before that may wait long for its leader
		wait(x.t, "the leader knows three nodes", func() bool {
			return slices.ContainsFunc(nodes, func(s *server.Server) bool {
				return len(s.JetStreamClusterPeers()) == 3
			})
		})
	}()
	for _, o := range all {
		o.Routes = routes
		s, err := server.NewServer(o)
		if err != nil {
			x.t.Fatalf("make a server: %v", err)
		}
		go s.Start()
		x.t.Cleanup(func() {
			s.Shutdown()
			s.WaitForShutdown()
		})
		if !s.ReadyForConnections(feedtest.DefaultTimeout) {
			x.t.Fatal("a node does not start")
		}
		nodes = append(nodes, s)
		x.urls = append(x.urls, strings.Replace(s.ClientURL(), "nats://", "tls://", 1))
		defer wait(x.t, "the node is current", s.JetStreamIsCurrent)
	}
}

func (x *documented) as(who string) feed.Options {
	o := feedtest.Options(x.t, feedtest.Data(x.t), who)
	o.Server, o.CA, o.Creds = strings.Join(x.urls, ","), filepath.Join(x.dir, "ca.pem"), filepath.Join(x.dir, who+".nk")
	if who == "hub" {
		o.Handle, o.HubService, o.Via = "steward", true, "hub"
	}
	return o
}

// TestDocumentedCluster: with the permissions in docs/cluster, everybody can do what they
// may, including the hub service, and a room has three copies.
func TestDocumentedCluster(t *testing.T) {
	x := newDocumented(t)
	hub := feedtest.With(t, x.as("hub"))
	if good, bad := hub.Examine(soon(t)); len(bad) > 0 || len(good) == 0 {
		t.Errorf("the steward lacks %v", bad)
	}
	ana, bo, wim := feedtest.With(t, x.as("ana")), feedtest.With(t, x.as("bo")), feedtest.With(t, x.as("wim"))
	short := feedtest.Declare(t, ana)
	sa, sb, sw := feedtest.Enter(t, ana, short), feedtest.Enter(t, bo, short), feedtest.Enter(t, wim, short)
	feedtest.Append(t, sb, "from bo")
	v := feedtest.Until(t, sw, "bo's line", has("from bo"))
	for f, right := range map[*feed.Feed]model.Right{ana: model.Command, bo: model.Write} {
		if m, ok := v.Room.Member(f.Who().Key); !ok || m.Right != right {
			t.Errorf("%s is %+v, want the right %s", f.Who().Handle, m, right)
		}
	}
	if _, err := sw.Append(soon(t), feedtest.Note("no")); model.CodeOf(err) != model.Forbidden {
		t.Errorf("who may watch writes: %v", err)
	}
	feedtest.Until(t, sa, "wim is seen", func(v *model.View) bool {
		return slices.ContainsFunc(v.Here, func(p model.Presence) bool { return p.Handle == "wim" })
	})
	var got bytes.Buffer
	if _, err := bo.Collect(soon(t), short, logOf("a"), strings.NewReader("evidence"), nil); err != nil {
		t.Errorf("bo adds evidence: %v", err)
	} else if _, err := ana.Fetch(soon(t), short, 1, "", &got, nil); err != nil || got.String() != "evidence" {
		t.Errorf("ana gets %q: %v", got.String(), err)
	}
	leakedAt := feedtest.Append(t, sb, leaked)
	feedtest.Until(t, sa, "it is there", has(leaked))
	redact(t, sa, leakedAt) // the hub service deletes it, because ana may not
	feedtest.Until(t, sw, "wim sees it no more",
		func(v *model.View) bool { return len(v.Room.Redactions) == 1 && !v.Room.Stale() })
	feedtest.Append(t, sb, "bo goes on")
	good, bad := wim.Examine(soon(t))
	if len(bad) > 0 ||
		!slices.ContainsFunc(good,
			func(s model.Safe) bool { return strings.HasPrefix(s.String(), "copies: 3 of "+short) }) {
		t.Errorf("got %v, %v, want three copies", good, bad)
	}
	if second := feedtest.Declare(t, bo); second == short {
		t.Error("two rooms have one name")
	}
	rooms, err := wim.List(soon(t))
	if err != nil || len(rooms) != 2 {
		t.Errorf("got %d rooms, %v, want 2: %v", len(rooms), err, rooms)
	}
	forged := x.as("bo")
	forged.Handle = "ana"
	if f, err := feed.Open(soon(t), forged); err == nil ||
		!strings.Contains(err.Error(), "may not receive answers for ana") {
		t.Errorf("bo comes as ana: %v %v", f, err)
	}
	x.rights()
}

// rights tries, for each right, what a malicious client could publish and receive.
func (x *documented) rights() {
	all, writers, hubOnly := []string{"ana", "bo", "wim"}, []string{"ana", "bo"}, []string{"hub"}
	for who, c := range map[string]*nats.Conn{"hub": x.raw("hub"), "ana": x.raw("ana"), "bo": x.raw("bo"),
		"wim": x.raw("wim")} {
		right := map[string]string{"ana": "command", "bo": "write", "wim": "watch"}[who]
		for _, try := range []struct {
			subject string // ME and RIGHT stand for the handle and right of the login
			who     []string
		}{
			{"warroom.inc-1.log.ME.K", hubOnly}, {"warroom.inc-1.log.zoe.K", hubOnly},
			{"warroom.inc-1.gone.ME.K", hubOnly},
			{"warroom.inc-1.live.ME.K", nil}, {"warroom.inc-1.seal.ME.K", hubOnly},
			{"warroom.inc-1.here.ME.K", hubOnly},
			{"warroom.inc-1.blob.ME.B", hubOnly}, {"warroom.hub.evidence.ME", append(writers, "hub")},
			{"$JS.API.DIRECT.GET.WARROOM_inc-1_BLOB", hubOnly},
			{"warroom.hub.put.ME.inc-1.log.K", writers}, {"warroom.hub.put.zoe.inc-1.log.K", nil},
			{"warroom.hub.put.ME.inc-1.seal.K", all}, {"warroom.hub.put.ME.inc-1.blob.K", writers},
			{"warroom.hub.put.ME.inc-1.gone.K", nil},
			{"warroom.hub.get.ME.inc-1.log", all}, {"warroom.hub.get.ME.inc-1.blob", writers},
			{"warroom.hub.get.zoe.inc-1.log", nil}, {"warroom.hub.raw.ME.inc-1.blob", writers},
			{"warroom.hub.tip.ME.inc-1", all},
			{"warroom.inc-1.door.ME.K", nil}, {"warroom.hub.join.ME.RIGHT.inc-1.K", all},
			{"warroom.hub.join.ME.command.inc-1.K", all[:1]}, {"warroom.hub.tip.zoe.inc-1", nil},
			{"warroom.hub.who.ME", append(all, "hub")}, {"warroom.hub.list.ME", append(all, "hub")},
			{"warroom.hub.list.zoe", nil}, {"warroom.hub.create.ME", append(writers, "hub")},
			{"$JS.API.STREAM.INFO.WARROOM_inc-1", hubOnly}, {"$JS.API.DIRECT.GET.WARROOM_inc-1", hubOnly},
			{"$JS.API.STREAM.NAMES", hubOnly}, {"$JS.API.STREAM.CREATE.WARROOM_x", hubOnly},
			{"$JS.API.STREAM.LIST", nil}, {"$JS.API.STREAM.DELETE.WARROOM_inc-1", nil},
			{"$JS.API.STREAM.PURGE.WARROOM_inc-1", nil},
			{"$JS.API.STREAM.UPDATE.WARROOM_inc-1", hubOnly}, {"$JS.API.STREAM.MSG.DELETE.WARROOM_inc-1", hubOnly},
			{"$JS.API.CONSUMER.CREATE.WARROOM_inc-1.c", nil}, {"_INBOX_zoe.x", nil}, {"anything", nil},
		} {
			if who == "hub" && strings.Contains(try.subject, "RIGHT") {
				continue
			}
			subject := strings.NewReplacer(".ME", "."+who, ".RIGHT", "."+right).Replace(try.subject)
			if got, want := may(x.t, c, subject), slices.Contains(try.who, who); got != want {
				x.t.Errorf("%s publishes %s: allowed is %v, want %v", who, subject, got, want)
			}
		}
		for _, subject := range []string{"_INBOX_zoe.>", "_INBOX.>", "warroom.inc-1.log.>", "warroom.>", "$JS.>",
			"*.room.>", ">"} {
			if hears(x.t, c, subject) {
				x.t.Errorf("%s hears %s", who, subject)
			}
		}
	}
}

// TestDocumentedPeopleHaveTheirGrants: people.conf grants the same as the embedded hub.
func TestDocumentedPeopleHaveTheirGrants(t *testing.T) {
	x := newDocumentedWith(t, "cy", "scanner", "boss")
	o, err := server.ProcessConfigFile(filepath.Join(x.dir, "people.conf"))
	must(t, err)
	rights := map[string]model.Right{"ana": model.Command, "bo": model.Write, "wim": model.Watch,
		"scanner": hubapi.Intake}
	for who, right := range rights {
		raw, err := os.ReadFile(filepath.Join(x.dir, who+".nk"))
		must(t, err)
		pair, err := nkeys.FromSeed([]byte(strings.TrimSpace(string(raw))))
		must(t, err)
		public, err := pair.PublicKey()
		must(t, err)
		i := slices.IndexFunc(o.Nkeys, func(u *server.NkeyUser) bool { return u.Nkey == public })
		if i < 0 {
			t.Fatalf("%s is not in people.conf", who)
		}
		g, p := hubapi.Grant{Handle: who, Right: right, Conn: "*"}, o.Nkeys[i].Permissions
		for what, lists := range map[string][2][]string{"publish": {p.Publish.Allow, g.Publish()},
			"subscribe": {p.Subscribe.Allow, g.Subscribe()}} {
			got, want := slices.Sorted(slices.Values(lists[0])), slices.Sorted(slices.Values(lists[1]))
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s:\n got %v\nwant %v", who, what, got, want)
			}
		}
	}
}

// raw returns a connection for arbitrary requests.
func (x *documented) raw(who string) *nats.Conn {
	x.t.Helper()
	key, err := nats.NkeyOptionFromSeed(filepath.Join(x.dir, who+".nk"))
	if err != nil {
		x.t.Fatalf("nkey option from seed: %v", err)
	}
	nc, err := nats.Connect(x.urls[0], key, nats.RootCAs(filepath.Join(x.dir, "ca.pem")),
		nats.Secure(&tls.Config{MinVersion: tls.VersionTLS13}),
		nats.RootCAs(filepath.Join(x.dir, "ca.pem")), nats.CustomInboxPrefix("_INBOX_"+who),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		x.t.Fatalf("connect to NATS: %v", err)
	}
	x.t.Cleanup(nc.Close)
	return nc
}

// may reports whether the server lets a login publish to a subject. The server reports a
// denial before it answers the next ping.
func may(t *testing.T, nc *nats.Conn, subject string) bool {
	t.Helper()
	if err := nc.Publish(subject, nil); err != nil {
		t.Fatalf("publish: %v", err)
	}
	return allowed(t, nc, subject)
}

func hears(t *testing.T, nc *nats.Conn, subject string) bool {
	t.Helper()
	s, err := nc.SubscribeSync(subject)
	if err != nil {
		t.Fatalf("subscribe: %v", err)
	}
	defer s.Unsubscribe()
	return allowed(t, nc, subject)
}

func allowed(t *testing.T, nc *nats.Conn, subject string) bool {
	t.Helper()
	if err := nc.FlushTimeout(feedtest.DefaultTimeout); err != nil {
		t.Fatalf("flush timeout: %v", err)
	}
	err := nc.LastError()
	return err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", subject))
}
