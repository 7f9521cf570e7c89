package jetlog

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// TestAnswersShareASubscription: all queries of a connection receive their own answers with one
// subscription. Late or surplus messages are dropped and do not block other queries.
func TestAnswersShareASubscription(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatalf("make a server: %v", err)
	}
	go s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not start")
	}
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(nc.Close)

	var a answers
	first, one, forget, err := a.expect(nc, 1)
	if err != nil {
		t.Fatalf("first query: %v", err)
	}
	second, two, forgetSecond, err := a.expect(nc, 1)
	if err != nil {
		t.Fatalf("second query: %v", err)
	}
	defer forgetSecond()
	if got := nc.NumSubscriptions(); got != 1 {
		t.Errorf("got %d subscriptions for two queries, want 1", got)
	}
	prefix := func(s string) string { return s[:strings.LastIndexByte(s, '.')] }
	if first == second || prefix(first) != prefix(second) {
		t.Errorf("got the reply subjects %s and %s, want two of one prefix", first, second)
	}
	for _, m := range []struct{ subject, data string }{
		{first, "first"}, {first, "too much"}, {prefix(first) + ".77", "of nobody"}, {second, "second"}} {
		if err := nc.Publish(m.subject, []byte(m.data)); err != nil {
			t.Fatalf("publish: %v", err)
		}
	}
	for want, ch := range map[string]<-chan *nats.Msg{"first": one, "second": two} {
		select {
		case m := <-ch:
			if string(m.Data) != want {
				t.Errorf("got %q, want %q", m.Data, want)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("got nothing, want %q", want)
		}
	}
	forget()
	if len(a.waiting) != 1 {
		t.Errorf("got %d queries that wait, want the second alone", len(a.waiting))
	}
}
