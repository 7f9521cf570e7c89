package notify

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"
)

// TestHangingMailServer: a mail server that accepts and says nothing holds nobody whose
// context has ended.
func TestHangingMailServer(t *testing.T) {
	for _, way := range []string{NoTLS, TLS, StartTLS} {
		t.Run(way, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatalf("listen: got %v, want no error", err)
			}
			defer l.Close()
			came := make(chan net.Conn, 10)
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					came <- c
				}
			}()
			m := mailer(t, MailOptions{Server: l.Addr().String(), TLS: way, From: "warroom@example.org", Now: time.Now})
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				_, err := m.Send(ctx, Mail{To: "ana@example.org", Subject: "x", Text: "y"})
				ended <- err
			}()
			<-came
			cancel()
			select {
			case err := <-ended:
				if err == nil || !strings.Contains(err.Error(), "this process ended before the mail server answered") {
					t.Errorf("mail to a server that says nothing: got %v, want that the process ended", err)
				}
			case <-time.After(callWait / 2):
				t.Errorf("mail to a server that says nothing: got no end, want one when the context ends")
			}
		})
	}
}
