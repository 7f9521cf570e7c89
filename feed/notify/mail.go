package notify

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net"
	stdmail "net/mail"
	"net/smtp"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"warroom/model"
)

// Mailer sends mail through one server.
type Mailer struct {
	o      MailOptions
	host   string
	addr   string // host:port
	domain string // domain of the sender, for EHLO
	tls    *tls.Config
	opts   []mail.Option
}

// How a mail server is secured with TLS.
const (
	StartTLS = "starttls" // on the submission port, and required
	TLS      = "tls"      // from the first byte
	NoTLS    = "none"     // only on loopback
)

// MailOptions configure the access to a mail server.
type MailOptions struct {
	Server   string // host or host:port
	TLS      string // empty: StartTLS
	CA       *x509.CertPool
	Username string
	Password model.Secret
	From     string // "Incidents <incidents@example.org>"
	Now      func() time.Time
}

// NewMailer returns the client of a server. It does not connect yet.
func NewMailer(o MailOptions) (*Mailer, error) {
	from, err := stdmail.ParseAddress(o.From)
	if err != nil {
		return nil, never("from of [mail] is not an address; write \"Incidents <incidents@example.org>\"")
	}
	m := &Mailer{o: o, host: o.Server}
	port := map[string]int{"": 587, StartTLS: 587, TLS: 465, NoTLS: 25}[o.TLS]
	if h, p, err := net.SplitHostPort(o.Server); err == nil {
		m.host = h
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return nil, never("server of [mail] has no port %s; write host:port", p)
		}
	}
	_, m.domain, _ = strings.Cut(from.Address, "@")
	m.addr = net.JoinHostPort(m.host, strconv.Itoa(port))
	m.tls = &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12, RootCAs: o.CA}
	m.opts = []mail.Option{mail.WithPort(port), mail.WithTimeout(callWait), mail.WithHELO(m.domain),
		mail.WithTLSConfig(m.tls)}
	switch {
	case m.host == "":
		return nil, never("server of [mail] is missing; write host:port")
	case o.TLS == "" || o.TLS == StartTLS:
		m.opts = append(m.opts, mail.WithTLSPolicy(mail.TLSMandatory))
	case o.TLS == TLS:
		m.opts = append(m.opts, mail.WithSSL())
	case o.TLS == NoTLS && isLoopback(m.host):
		m.opts = append(m.opts, mail.WithTLSPolicy(mail.NoTLS))
	case o.TLS == NoTLS:
		return nil, never("tls = \"none\" in [mail] is only for a server on this machine, and %s is not", m.host)
	default:
		return nil, never("tls in [mail] is starttls, tls or none, not %q", short(o.TLS, 40))
	}
	if o.Username != "" {
		m.opts = append(m.opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(o.Username),
			mail.WithPassword(string(o.Password.Reveal())))
	}
	return m, nil
}

// Mail is one mail to one person.
type Mail struct {
	To      string
	Subject string // any text: it is encoded as one header
	Text    string
	Mark    string // key of the duty; determines the Message-ID
	Thread  string // groups the mails of an incident
}

// Address checks an address of the configuration.
func Address(s string) error {
	if _, err := stdmail.ParseAddress(s); err != nil || strings.ContainsAny(s, "\r\n") {
		return never("%q is not a mail address", short(s, 100))
	}
	return nil
}

// Send hands a mail over and returns the server's answer, which usually has its queue id.
// That means sent, not read.
func (m *Mailer) Send(ctx context.Context, l Mail) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*callWait)
	defer cancel()
	msg, err := m.message(l)
	if err != nil {
		return "", err
	}
	c, err := m.client(ctx)
	if err != nil {
		return "", err
	}
	err = c.DialAndSendWithContext(ctx, msg)
	if err != nil && !msg.IsDelivered() { // errors after the acceptance do not matter
		return "", m.fault(ctx, err)
	}
	return short(msg.ServerResponse(), 200), nil
}

// client returns a client whose connection is closed when ctx ends: the library waits for
// an answer as long as its own timeout.
func (m *Mailer) client(ctx context.Context) (*mail.Client, error) {
	dial := (&net.Dialer{Timeout: callWait}).DialContext
	if m.o.TLS == TLS {
		dial = (&tls.Dialer{NetDialer: &net.Dialer{Timeout: callWait}, Config: m.tls}).DialContext
	}
	opts := append(slices.Clone(m.opts), mail.WithDialContextFunc(
		func(once context.Context, network, addr string) (net.Conn, error) {
			conn, err := dial(once, network, addr)
			if err == nil {
				context.AfterFunc(ctx, func() { _ = conn.Close() }) // it is of no use any more
			}
			return conn, err
		}))
	c, err := mail.NewClient(m.host, opts...)
	if err != nil {
		return nil, never("mail cannot be sent with this configuration: %s", err)
	}
	return c, nil
}

func (m *Mailer) message(l Mail) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(m.o.From); err != nil {
		return nil, never("from of [mail] is not an address")
	}
	if err := msg.To(l.To); err != nil {
		return nil, never("%q is not a mail address", short(l.To, 100))
	}
	msg.Subject(cut(plainLine(l.Subject), 200, "..."))
	msg.SetMessageIDWithValue(messageID(l.Mark))
	if l.Thread != "" {
		msg.SetGenHeader(mail.HeaderReferences, "<"+messageID(l.Thread)+">")
		msg.SetGenHeader(mail.HeaderInReplyTo, "<"+messageID(l.Thread)+">")
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetDateWithValue(m.o.Now())
	msg.SetBodyString(mail.TypeTextPlain, l.Text)
	return msg, nil
}

// messageID returns the same id for the same duty, so that a mail that was sent twice
// because of a crash can be recognized.
func messageID(mark string) string {
	h := sha256.Sum256([]byte(mark))
	return hex.EncodeToString(h[:16]) + "@warroom.invalid"
}

// Check connects and authenticates, and sends nothing.
func (m *Mailer) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	c, err := m.client(ctx)
	if err != nil {
		return err
	}
	if err := c.DialWithContext(ctx); err != nil {
		return m.fault(ctx, err)
	}
	_ = c.Close() // nothing was sent
	return nil
}

// fault returns the fault for a mail that was not accepted.
func (m *Mailer) fault(ctx context.Context, err error) error {
	var sent *mail.SendError
	var said *textproto.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return cannotReach("the mail server", ctx.Err())
	case errors.As(err, &sent) && sent.IsTemp():
		return temporary(0, "the mail server defers the mail: %s", short(sent.Error(), maxDetail))
	case errors.As(err, &sent) && sent.ErrorCode() >= 500:
		return never("the mail server rejects the mail: %s", short(sent.Error(), maxDetail))
	case errors.As(err, &said) && (said.Code == 535 || said.Code == 534 || said.Code == 530):
		return refused("the mail server rejects the user name or the password: %s", short(said.Error(), maxDetail))
	case m.lacksTLS(ctx):
		return temporary(permissionWait, "the mail server does not offer TLS, and mail is not sent without it")
	}
	return cannotReach("the mail server", err)
}

// lacksTLS reports whether the server answers and does not offer STARTTLS although it is
// required. The library has no type for that error, so lacksTLS connects once more.
func (m *Mailer) lacksTLS(ctx context.Context) bool {
	if m.o.TLS != "" && m.o.TLS != StartTLS {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", m.addr)
	if err != nil {
		return false
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	s, err := smtp.NewClient(conn, m.host)
	if err != nil {
		_ = conn.Close() // the answer is not SMTP
		return false
	}
	defer func() { _ = s.Close() }() // only the greeting was needed
	if err := s.Hello(m.domain); err != nil {
		return false
	}
	offered, _ := s.Extension("STARTTLS")
	return !offered
}
