package hub

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// TestDiagnose: faults are identified by which streams are loaded, not by the server's
// texts.
func TestDiagnose(t *testing.T) {
	dir := t.TempDir()
	srv, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true, JetStream: true,
		StoreDir: dir})
	if err != nil {
		t.Fatalf("make a server: %v", err)
	}
	srv.Start()
	defer func() { srv.Shutdown(); srv.WaitForShutdown() }()
	if !srv.ReadyForConnections(10 * time.Second) {
		t.Fatalf("the server: got not ready in 10 s, want ready")
	}
	nc, err := nats.Connect("", nats.InProcessServer(srv))
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer nc.Close()
	js, err := nc.JetStream()
	if err != nil {
		t.Fatalf("open JetStream: %v", err)
	}
	if _, err := js.AddStream(&nats.StreamConfig{Name: "GOOD", Subjects: []string{"good"}}); err != nil {
		t.Fatalf("make a stream: %v", err)
	}
	if got := diagnose(srv); got != (sickness{}) {
		t.Errorf("a server that is well: got %+v, want nothing", got)
	}
	if got := loadedStreams(srv); len(got) != 1 || !got["GOOD"] {
		t.Errorf("streams of the server: got %v, want GOOD", got)
	}
	if err := os.Mkdir(filepath.Join(dir, "jetstream", "$G", "streams", "GHOST"), 0o700); err != nil {
		t.Fatalf("make the directory of a stream: %v", err)
	}
	if got := diagnose(srv); got.kind != notLoaded || got.stream != "GHOST" || got.words == "" {
		t.Errorf("a stream that is only on the disk: got %+v, want GHOST not loaded", got)
	}
}

// TestSicknessIsCounted: the server is restarted after five checks that find a stream not
// loaded, or two that find one that cannot be written.
func TestSicknessIsCounted(t *testing.T) {
	for kind, want := range map[sicknessKind]int{notLoaded: patientChecks, notStored: 2, unwell: 2, stopped: 2} {
		w := &watch{host: &host{h: &Hub{o: Options{Now: time.Now,
			Free: func(string) (int64, bool) { return 0, false }}}}}
		got := 0
		for n := 1; n < 20 && got == 0; n++ {
			w.note(sickness{kind: kind, stream: "S", words: time.Duration(n).String()})
			if w.mayRestart(w.what, false) {
				got = n
			}
		}
		if got != want {
			t.Errorf("kind %d: got a restart at check %d, want %d", kind, got, want)
		}
		w.note(sickness{kind: kind, stream: "OTHER"})
		if w.sick != 1 {
			t.Errorf("kind %d, another stream: got %d checks that found it, want 1", kind, w.sick)
		}
	}
}
