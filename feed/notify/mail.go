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
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"warroom/model"
)

// Mailer hands mail to one server.
type Mailer struct {
	o    MailOptions
	host string
	opts []mail.Option
}

// The ways of TLS to a mail server.
const (
	StartTLS = "starttls" // on the port for submission, and required
	TLS      = "tls"      // from the first byte
	NoTLS    = "none"     // on loopback alone
)

// MailOptions are how a server is reached.
type MailOptions struct {
	Server   string // host or host:port
	TLS      string // StartTLS where it is empty
	CA       *x509.CertPool
	Username string
	Password model.Secret
	From     string // "Incidents <incidents@example.org>"
	Now      func() time.Time
}

// NewMailer returns the client of a server. It does not speak to it yet.
func NewMailer(o MailOptions) (*Mailer, error) {
	from, err := stdmail.ParseAddress(o.From)
	if err != nil {
		return nil, never("from of [mail] is no address: write \"Incidents <incidents@example.org>\"")
	}
	m := &Mailer{o: o, host: o.Server}
	port := map[string]int{"": 587, StartTLS: 587, TLS: 465, NoTLS: 25}[o.TLS]
	if h, p, err := net.SplitHostPort(o.Server); err == nil {
		m.host = h
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return nil, never("server of [mail] has no port %s; write host:port", p)
		}
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	m.opts = []mail.Option{mail.WithPort(port), mail.WithTimeout(callWait), mail.WithHELO(domain),
		mail.WithTLSConfig(&tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12, RootCAs: o.CA})}
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
		return nil, never("tls = \"none\" of [mail] is for a server on this machine; %s is none", m.host)
	default:
		return nil, never("tls of [mail] is starttls, tls or none, not %q", short(o.TLS, 40))
	}
	if o.Username != "" {
		m.opts = append(m.opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(o.Username), mail.WithPassword(string(o.Password.Reveal())))
	}
	return m, nil
}

// Mail is one mail to one person.
type Mail struct {
	To      string
	Subject string // any text: it becomes one header, whatever is in it
	Text    string
	Mark    string // the duty's key; two attempts have one Message-ID
	Thread  string // by which mail programs keep an incident together
}

// Address checks an address of the configuration.
func Address(s string) error {
	if _, err := stdmail.ParseAddress(s); err != nil || strings.ContainsAny(s, "\r\n") {
		return never("%q is no mail address", short(s, 100))
	}
	return nil
}

// Send hands a mail over and returns what the server answered, with the number
// that it has in its queue. That is sent, not read.
func (m *Mailer) Send(ctx context.Context, l Mail) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*callWait)
	defer cancel()
	msg, err := m.message(l)
	if err != nil {
		return "", err
	}
	c, err := mail.NewClient(m.host, m.opts...)
	if err != nil {
		return "", never("mail cannot be sent with this configuration: %s", err)
	}
	err = c.DialAndSendWithContext(ctx, msg)
	if err != nil && !msg.IsDelivered() { // what goes wrong after its 250 does not matter
		return "", mailFault(err)
	}
	return short(msg.ServerResponse(), 200), nil
}

func (m *Mailer) message(l Mail) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(m.o.From); err != nil {
		return nil, never("from of [mail] is no address")
	}
	if err := msg.To(l.To); err != nil {
		return nil, never("%q is no mail address", short(l.To, 100))
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

// messageID is the same for the same duty, so that a mail that was sent twice
// by a crash is one to whoever looks at that.
func messageID(mark string) string {
	h := sha256.Sum256([]byte(mark))
	return hex.EncodeToString(h[:16]) + "@warroom.invalid"
}

// Check greets the server and signs in, and sends nothing.
func (m *Mailer) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	c, err := mail.NewClient(m.host, m.opts...)
	if err != nil {
		return never("mail cannot be sent with this configuration: %s", err)
	}
	if err := c.DialWithContext(ctx); err != nil {
		return mailFault(err)
	}
	_ = c.Close() // it was only greeted
	return nil
}

// mailFault words what a mail server said.
func mailFault(err error) error {
	var sent *mail.SendError
	var said *textproto.Error
	switch {
	case errors.As(err, &sent) && sent.IsTemp():
		return again(0, "the mail server puts it off: %s", short(sent.Error(), mostDetail))
	case errors.As(err, &sent) && sent.ErrorCode() >= 500:
		return never("the mail server refuses it: %s", short(sent.Error(), mostDetail))
	case errors.As(err, &said) && (said.Code == 535 || said.Code == 534 || said.Code == 530):
		return refused("the mail server does not take name and password: %s", short(said.Error(), mostDetail))
	case strings.Contains(err.Error(), "STARTTLS"):
		return again(mendable, "the mail server offers no TLS, and without it nothing is sent")
	}
	return cannotReach("the mail server", err)
}
