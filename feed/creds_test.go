package feed_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// TestCredentialsWithoutKey: a credentials file without a complete key is refused, and
// the error names the file.
func TestCredentialsWithoutKey(t *testing.T) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatalf("make a key: %v", err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		t.Fatalf("read the public key: %v", err)
	}
	srv := feedtest.Server(t, func(o *server.Options) { o.Nkeys = []*server.NkeyUser{{Nkey: public}} })
	for name, text := range map[string]string{
		"jwt alone": "-----BEGIN NATS USER JWT-----\neyJ0eXAi\n------END NATS USER JWT------\n",
		"half key": "-----BEGIN NATS USER JWT-----\neyJ0eXAi\n------END NATS USER JWT------\n\n-----BEGIN USER " +
			"NKEY SEED-----\nSUAB\n------END USER NKEY SEED------\n",
	} {
		o := feedtest.Options(t, feedtest.Data(t), "ana")
		o.Server, o.Creds = srv.ClientURL(), filepath.Join(t.TempDir(), "x.creds")
		if err := os.WriteFile(o.Creds, []byte(text), 0o600); err != nil {
			t.Fatalf("write the credentials: %v", err)
		}
		f, err := feed.Open(soon(t), o)
		if err == nil {
			f.Close()
		}
		if model.CodeOf(err) != model.Invalid ||
			!strings.Contains(err.Error(), o.Creds+" contains no key; check --creds") {
			t.Errorf("%s: got %v, want that %s contains no key", name, err, o.Creds)
		}
	}
}
