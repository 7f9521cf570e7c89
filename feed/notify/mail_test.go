package notify

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// post is a mail server that stores mails or refuses them.
type post struct {
	addr  string
	mu    sync.Mutex
	took  []taken
	reply *smtp.SMTPError // for every recipient
	cut   bool            // disconnect within a mail
}

type taken struct {
	from string
	to   []string
	data []byte
}

type postSession struct {
	p *post
	c *smtp.Conn
	taken
}

func (s *postSession) Reset()        { s.taken = taken{} }
func (s *postSession) Logout() error { return nil }

func (s *postSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.p.reply != nil {
		return s.p.reply
	}
	s.to = append(s.to, to)
	return nil
}

func (s *postSession) Data(r io.Reader) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.p.cut {
		return s.c.Conn().Close()
	}
	b, err := io.ReadAll(r)
	s.data = b
	s.p.took = append(s.p.took, s.taken)
	return err
}

// newPost starts a mail server on loopback, with TLS if a certificate is given.
func newPost(t *testing.T, cert *tls.Config) *post {
	t.Helper()
	p := &post{}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &postSession{p: p, c: c},
			nil
	}))
	srv.TLSConfig, srv.Domain = cert, "mx.example"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	p.addr = l.Addr().String()
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return p
}

// certificate returns a server certificate for loopback, and a pool that trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("make a key: %v", err)
	}
	tpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
	if err != nil {
		t.Fatalf("make a certificate: %v", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("parse a certificate: %v", err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(c)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

func mailer(t *testing.T, o MailOptions) *Mailer {
	t.Helper()
	o.From, o.Now = "Incidents <incidents@acme.example>", time.Now
	m, err := NewMailer(o)
	if err != nil {
		t.Fatalf("make the mailer: %v", err)
	}
	return m
}

// TestMail: a mail is sent over TLS to one person, and text in the subject cannot add
// headers.
func TestMail(t *testing.T) {
	cert, pool := certificate(t)
	p := newPost(t, cert)
	m := mailer(t, MailOptions{Server: p.addr, CA: pool})
	l := Mail{To: "ceo@acme.example", Subject: "x\r\nBcc: eve@evil.example\r\n\r\nhello \x1b[2J ü",
		Text: "line\n.\nBcc: eve\n", Mark: "mail/1", Thread: "inc-1"}
	detail, err := m.Send(t.Context(), l)
	if err != nil || detail == "" {
		t.Fatalf("%q %v", detail, err)
	}
	if _, err := m.Send(t.Context(), l); err != nil {
		t.Fatalf("send: %v", err)
	}
	var ids []string
	for _, g := range p.took {
		if len(g.to) != 1 || g.to[0] != "ceo@acme.example" || g.from != "incidents@acme.example" {
			t.Errorf("to %v from %s", g.to, g.from)
		}
		r, err := mail.ReadMessage(bytes.NewReader(g.data))
		if err != nil {
			t.Fatalf("read a mail: %v", err)
		}
		if r.Header.Get("Bcc") != "" || r.Header.Get("X-Mailer") != "" ||
			!strings.Contains(r.Header.Get("Subject"), "=?UTF-8?") ||
			r.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("%v", r.Header)
		}
		ids = append(ids, r.Header.Get("Message-ID"))
	}
	if len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("two attempts have the ids %v", ids)
	}
	if err := m.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
}

func TestMailFaults(t *testing.T) {
	cert, pool := certificate(t)
	bare, p := newPost(t, nil), newPost(t, cert)
	send := func(o MailOptions) *Fault {
		t.Helper()
		_, err := mailer(t, o).Send(t.Context(), Mail{To: "ceo@acme.example", Subject: "x", Text: "y", Mark: "m"})
		return asIs(t, err)
	}
	if f := send(MailOptions{Server: bare.addr}); f.Final ||
		f.Message != "the mail server does not offer TLS, and mail is not sent without it" || len(bare.took) > 0 {
		t.Errorf("without TLS: %+v", f)
	}
	if f := send(MailOptions{Server: p.addr}); f.Final || !strings.Contains(f.Message, "certificate") ||
		len(p.took) > 0 {
		t.Errorf("a certificate of an unknown authority: %+v", f)
	}
	p.reply = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted"}
	if f := send(MailOptions{Server: p.addr, CA: pool}); f.Final || !strings.Contains(f.Message, "defers the mail") {
		t.Errorf("put off: %+v", f)
	}
	p.reply = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	if f := send(MailOptions{Server: p.addr, CA: pool}); !f.Final || !strings.Contains(f.Message, "No such user") {
		t.Errorf("refused: %+v", f)
	}
	p.reply, p.cut = nil, true
	if f := send(MailOptions{Server: p.addr, CA: pool}); f.Final {
		t.Errorf("a hang-up: %+v", f)
	}
	if f := send(MailOptions{Server: p.addr, CA: pool, Username: "u",
		Password: secret("hunter2")}); strings.Contains(f.Message, "hunter2") {
		t.Errorf("no login there: %+v", f)
	}
	if _, err := mailer(t, MailOptions{Server: bare.addr, TLS: NoTLS}).Send(t.Context(),
		Mail{To: "a@b.example", Subject: "x", Mark: "m"}); err != nil {
		t.Errorf("loopback needs no TLS: %v", err)
	}
	for _, o := range []MailOptions{{}, {From: "x"}, {From: "a@b.example"},
		{From: "a@b.example", Server: "mx.example", TLS: NoTLS}, {From: "a@b.example", Server: "mx.example:0"},
		{From: "a@b.example", Server: "mx.example", TLS: "maybe"}} {
		if _, err := NewMailer(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	if Address("ceo@acme.example\r\nBcc: x@y.example") == nil || Address("nobody") == nil ||
		Address("A B <a@b.example>") != nil {
		t.Error("addresses")
	}
}
