package feed_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// external is a server that can be stopped and restarted on the same port.
type external struct {
	t    *testing.T
	data string
	dir  string
	port int
	srv  *server.Server
}

func newExternal(t *testing.T) *external {
	t.Helper()
	x := &external{t: t, data: feedtest.Data(t), dir: feedtest.Data(t), port: feedtest.Port(t)}
	x.start()
	t.Cleanup(x.stop)
	return x
}

func (x *external) start() {
	x.t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: x.port, JetStream: true, StoreDir: x.dir,
		NoLog: true, NoSigs: true})
	if err != nil {
		x.t.Fatalf("make a server: %v", err)
	}
	s.Start()
	if !s.ReadyForConnections(feedtest.DefaultTimeout) {
		x.t.Fatal("the server does not start")
	}
	x.srv = s
}

func (x *external) stop() {
	x.srv.Shutdown()
	x.srv.WaitForShutdown()
}

func (x *external) options(t testing.TB, handle string) feed.Options {
	o := feedtest.Options(t, x.data, handle)
	o.Server = x.srv.ClientURL()
	return o
}

// short returns a context with a short timeout.
func short(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(context.Background(), 300*time.Millisecond)
}

// private removes the permissions of others from a copied directory.
func private(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(p, 0o700)
		}
		return os.Chmod(p, 0o600)
	})
	if err != nil {
		t.Fatalf("walk a directory: %v", err)
	}
}

func TestExternalServerSentences(t *testing.T) {
	open := func(o feed.Options) error {
		f, err := feed.Open(soon(t), o)
		if err == nil {
			_ = f.Close()
		}
		return err
	}
	with := func(change func(*server.Options)) feed.Options {
		s := feedtest.Server(t, change)
		o := feedtest.Options(t, feedtest.Data(t), "ana")
		o.Server = s.ClientURL()
		return o
	}
	refused := feedtest.Options(t, feedtest.Data(t), "ana")
	refused.Server = "nats://127.0.0.1:1"
	creds := refused
	creds.Creds = filepath.Join(refused.Data, "none.creds")
	for _, c := range []struct {
		name     string
		o        feed.Options
		code     model.Code
		sentence string
	}{
		{"refused", refused, model.Unreachable, "check --server"},
		{"no creds file", creds, model.Invalid, "check --creds"},
		{name: "wrong login", o: with(func(o *server.Options) { o.Username, o.Password = "a", "b" }),
			code: model.Forbidden, sentence: "--creds"},
		{"no jetstream", with(func(o *server.Options) { o.JetStream = false }), model.Unreachable, "JetStream"},
		{"bad handle", feedtest.Options(t, feedtest.Data(t), "Ana B"), model.Invalid, "--as"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := open(c.o)
			if model.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.sentence) {
				t.Errorf("got %q (%s), want %s with %q", err, model.CodeOf(err), c.code, c.sentence)
			}
		})
	}
}

// certificate makes a self-signed certificate.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	return certificateUntil(t, time.Now().Add(time.Hour))
}

func certificateUntil(t *testing.T, end time.Time) (tls.Certificate, string) {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatalf("make a key: %v", err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: end.Add(-2 * time.Hour), NotAfter: end,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, pub, priv)
	if err != nil {
		t.Fatalf("make a certificate: %v", err)
	}
	file := filepath.Join(feedtest.Data(t), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: priv}, file
}

func TestTLS(t *testing.T) {
	cert, ca := certificate(t)
	s := feedtest.Server(t, func(o *server.Options) {
		o.TLSConfig, o.TLS,
			o.TLSTimeout = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, true, 5
	})
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	o.Server = s.ClientURL()
	if _, err := feed.Open(soon(t), o); model.CodeOf(err) != model.Forbidden ||
		!strings.Contains(err.Error(), "not trusted") {
		t.Errorf("got %v, want a refusal of the certificate", err)
	}
	o.CA = ca
	feedtest.Declare(t, feedtest.With(t, o))
	plain := feedtest.Server(t)
	o.Server, o.CA = strings.Replace(plain.ClientURL(), "nats://", "tls://", 1), ""
	if _, err := feed.Open(soon(t), o); model.CodeOf(err) != model.Unreachable ||
		!strings.Contains(err.Error(), "TLS") {
		t.Errorf("got %v, want a word on TLS", err)
	}
}

func TestCertificateThatIsNotValidAtThisTime(t *testing.T) {
	for _, end := range []time.Time{time.Now().Add(-time.Hour), time.Now().Add(10 * time.Hour)} { // expired, too early
		cert, ca := certificateUntil(t, end)
		s := feedtest.Server(t, func(o *server.Options) {
			o.TLSConfig, o.TLS,
				o.TLSTimeout = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13}, true, 5
		})
		o := feedtest.Options(t, feedtest.Data(t), "ana")
		o.Server, o.CA = s.ClientURL(), ca
		if _, err := feed.Open(soon(t), o); model.CodeOf(err) != model.Forbidden ||
			!strings.Contains(err.Error(), "set the clock") {
			t.Errorf("got %v, want a word on the clock", err)
		}
	}
}

func TestSecondTerminalOnAServerIsLetInByTheFirst(t *testing.T) {
	x := newExternal(t)
	a := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	b := feedtest.With(t, x.options(t, "ana"))
	if a.Who().Key == b.Who().Key {
		t.Fatal("two processes hold one key")
	}
	sb := feedtest.Enter(t, b, short)
	feedtest.Append(t, sb, "from the second")
	feedtest.Until(t, sa, "the first sees it", has("from the second"))
	// Another person's key on another machine: a join request, then admitted.
	o := x.options(t, "cy")
	o.Data = feedtest.Data(t)
	c := feedtest.With(t, o)
	sc := feedtest.Enter(t, c, short)
	done := make(chan error, 1)
	go func() {
		_, err := sc.Append(soon(t), feedtest.Note("from outside"))
		done <- err
	}()
	v := feedtest.Until(t, sa, "cy knocks", func(v *model.View) bool { return len(v.JoinRequests) == 1 })
	k := v.JoinRequests[0]
	if k.Handle != "cy" || k.Key != c.Who().Key {
		t.Errorf("got knock %+v", k)
	}
	if _, err := sa.Append(soon(t),
		model.Act{Body: &model.KeyAdmitted{Key: k.Key, Handle: k.Handle, Right: model.Write,
			Origin: "person"}}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	if err := <-done; err != nil {
		t.Fatalf("wait: %v", err)
	}
	v = feedtest.Until(t, sa, "cy is in", has("from outside"))
	if len(v.JoinRequests) != 0 {
		t.Errorf("got knocks %v after cy was let in", v.JoinRequests)
	}
}
