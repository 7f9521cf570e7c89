package feed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hub"
	"warroom/feed/hubapi"
	"warroom/model"
)

// wire is the connection to the hub.
type wire struct {
	nc      *nats.Conn
	js      jetstream.JetStream
	where   model.Safe
	handle  string                // whose inbox the answers go to
	byHub   atomic.Bool           // this login asks the hub in place of JetStream, see hub_client.go
	changed chan struct{}         // rung when the connection came or went
	denied  atomic.Pointer[error] // the newest asynchronous complaint of the server
	life    atomic.Pointer[life]  // of the connection that is there now
	looked  atomic.Bool           // the server is one that can keep a log
	unled   atomic.Bool           // nobody leads the log: too few servers of a cluster are there
	denials denials
	rooms   sync.Map // how rooms stand, by short id; see standing.go
}

// life ends when the connection breaks: what was asked over it will never be
// answered.
type life struct {
	ctx context.Context
	end context.CancelFunc
}

func newLife() *life {
	l := new(life)
	l.ctx, l.end = context.WithCancel(context.Background())
	return l
}

// alive returns a context for a question: it ends with ctx, after a while, or
// with the connection.
func (w *wire) alive(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, d)
	stop := context.AfterFunc(w.life.Load().ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// lost is told that the connection broke.
func (w *wire) lost(err error) {
	w.complain(err)
	w.life.Swap(newLife()).end()
	ring(w.changed)
}

// said words an error of a question whose own context has ended.
func said(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errSilence
	case errors.Is(err, context.Canceled), errors.Is(err, nats.ErrReconnectBufExceeded), errors.Is(err, nats.ErrDisconnected), errors.Is(err, nats.ErrConnectionReconnecting):
		return errBroken
	case unled(err):
		return errUnled
	}
	return err
}

// How JetStream says that too few servers of a cluster are there to decide
// anything: in general, and of a message that was sent before and is not stored.
const (
	codeNoMajority = 10008
	codeInProcess  = 10158
)

// unled says whether an error means that nobody leads the log now.
func unled(err error) bool {
	var ours *apiError
	var theirs *jetstream.APIError
	return errors.Is(err, errUnled) || errors.Is(err, nats.ErrNoResponders) || errors.As(err, &ours) && (ours.ErrCode == codeNoMajority || ours.ErrCode == codeInProcess) ||
		errors.As(err, &theirs) && theirs.ErrorCode == codeNoMajority
}

// told notes by an answer of the log, or by its lack, whether somebody leads it.
func (w *wire) told(err error) {
	if is := unled(err); (err == nil || is) && w.unled.Swap(is) != is {
		ring(w.changed)
	}
}

// apiError is how JetStream refuses.
type apiError struct {
	Code        int    `json:"code"`
	ErrCode     int    `json:"err_code"`
	Description string `json:"description"`
}

// Error returns the server's words.
func (e *apiError) Error() string { return e.Description + " (" + strconv.Itoa(e.ErrCode) + ")" }

// The refusals that this package acts on. The first two mean: the log is not
// where you think it is.
const (
	codeWrongLast     = 10071
	codeWrongInFlight = 10164
	codeTooLarge      = 10054
	codeNoReplicas    = 10074
)

// codesNoSpace are the refusals of a hub that has no room: its disk, its limit,
// or that of the stream.
var codesNoSpace = []int{10023, 10028, 10047, 10077}

// wiring is a wire that is not connected, with the address and the options of
// its connection. Custom is the way to the embedded hub, nil for a server.
func (o *Options) wiring(custom nats.CustomDialer) (w *wire, url string, opts []nats.Option, err error) {
	w = &wire{changed: make(chan struct{}, 1), where: model.Lit("embedded hub"), handle: o.caller()}
	w.byHub.Store(o.login != nil)
	w.life.Store(newLife())
	opts = []nats.Option{
		nats.Name("warroom " + o.Handle + " " + o.Via),
		nats.CustomInboxPrefix("_INBOX_" + o.caller()),
		nats.MaxReconnects(-1), nats.ReconnectWait(50 * time.Millisecond),
		nats.ReconnectJitter(50*time.Millisecond, 100*time.Millisecond),
		nats.ReconnectBufSize(-1), nats.PingInterval(2 * time.Second), nats.MaxPingsOutstanding(2),
		nats.Timeout(dialFor), nats.IgnoreAuthErrorAbort(),
		nats.ConnectHandler(func(*nats.Conn) { ring(w.changed) }),
		nats.ReconnectHandler(func(*nats.Conn) { w.denials.forget(); ring(w.changed) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { w.lost(err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { w.complain(err); ring(w.changed) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { w.hear(o, err) }),
	}
	if custom != nil {
		return w, hub.URL, append(opts, nats.SetCustomDialer(custom)), nil
	}
	more, err := o.server()
	if err != nil {
		return nil, "", nil, err
	}
	w.where = model.CleanLine(o.Server)
	opts = append(opts, more...)
	return w, o.Server, append(opts, nats.CustomReconnectDelay(slower), nats.ReconnectErrHandler(func(_ *nats.Conn, err error) {
		w.complain(w.refusal(o, err))
		ring(w.changed)
	})), nil
}

// dial connects. Custom is the way to the embedded hub, nil for a server.
func dial(ctx context.Context, o *Options, custom nats.CustomDialer) (*wire, error) {
	w, url, opts, err := o.wiring(custom)
	if err != nil {
		return nil, err
	}
	if w.nc, err = connect(ctx, url, opts); err != nil {
		return nil, w.refusal(o, err)
	}
	if err = w.open(); err == nil {
		err = w.ready(ctx, o)
	}
	if err != nil {
		w.nc.Close()
		return nil, err
	}
	return w, nil
}

// another opens a second connection like the one of this process, for a service.
func (h *house) another() (*nats.Conn, error) {
	var custom nats.CustomDialer
	if h.hub != nil {
		custom = h.hub
	} else {
		custom = h.o.way
	}
	_, url, opts, err := h.o.wiring(custom)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(h.ctx, dialFor)
	defer cancel()
	return connect(ctx, url, opts)
}

// open makes ready to ask for the log.
func (w *wire) open() (err error) {
	if w.js, err = jetstream.New(w.nc); err != nil {
		return fmt.Errorf("open jetstream: %w", err)
	}
	return nil
}

// connect is nats.Connect that gives up with ctx.
func connect(ctx context.Context, url string, opts []nats.Option) (*nats.Conn, error) {
	type made struct {
		nc  *nats.Conn
		err error
	}
	c := make(chan made, 1)
	go func() {
		nc, err := nats.Connect(url, opts...)
		c <- made{nc, err}
	}()
	select {
	case m := <-c:
		return m.nc, m.err
	case <-ctx.Done():
		go func() {
			if m := <-c; m.nc != nil {
				m.nc.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// server returns the options for an external server.
func (o *Options) server() ([]nats.Option, error) {
	if o.login != nil {
		return proof(o.login)
	}
	var opts []nats.Option
	switch raw, err := os.ReadFile(o.Creds); {
	case o.Creds == "":
	case err == nil && hub.Seed(raw) != nil:
		key, err := nats.NkeyOptionFromSeed(o.Creds)
		if err != nil {
			return nil, err
		}
		opts = append(opts, key)
	default:
		opts = append(opts, nats.UserCredentials(o.Creds))
	}
	if o.CA != "" {
		pem, err := os.ReadFile(o.CA)
		pool := x509.NewCertPool()
		if err != nil || !pool.AppendCertsFromPEM(pem) {
			return nil, model.Refuse(model.Invalid, "the file %s has no certificate of an authority in PEM form; check the setting ca", o.CA)
		}
		opts = append(opts, nats.Secure(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
	}
	return opts, nil
}

// refusal says in one sentence why there is no connection, and what to do.
func (w *wire) refusal(o *Options, err error) error {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var bad x509.CertificateInvalidError
	var plain tls.RecordHeaderError
	var said *model.Error
	if why := w.uninvited(o, err); why != nil {
		return why
	}
	switch {
	case errors.As(err, &said):
		return said
	case o.Server == "":
		return model.Refuse(model.Unreachable, "the hub of %s cannot be reached: %s; `warroom doctor` says more", o.Data, err)
	case isRefused(err):
		return model.Refuse(model.Forbidden, "the server at %s does not accept this login; give the credentials that you were invited with: --creds FILE", w.where)
	case errors.As(err, &bad) && bad.Reason == x509.Expired:
		return model.Refuse(model.Forbidden, "the TLS certificate of the server at %s is not valid at this machine's time, %s (%s); set the clock, or ask who runs it", w.where, o.Now().UTC().Format(time.RFC3339), err)
	case errors.As(err, &unknown), errors.As(err, &bad), errors.As(err, &name):
		return model.Refuse(model.Forbidden, "the TLS certificate of the server at %s is not trusted (%s); name its authority in the setting ca, or ask who runs it", w.where, err)
	case errors.Is(err, nats.ErrSecureConnWanted), errors.Is(err, nats.ErrSecureConnRequired), errors.As(err, &plain):
		return model.Refuse(model.Unreachable, "the server at %s and this terminal do not agree on TLS (%s); use tls:// or nats:// as the server does", w.where, err)
	}
	if strings.Contains(err.Error(), "seed") {
		return model.Refuse(model.Invalid, "the credentials file %s holds no key; check --creds", o.Creds)
	}
	return model.Refuse(model.Unreachable, "the server at %s cannot be reached (%s); check --server, and that it runs", w.where, err)
}

func isAuth(err error) bool {
	s := strings.ToLower(err.Error())
	return strings.Contains(s, "authorization") || strings.Contains(s, "authentication")
}

// ready refuses a server that cannot keep a log. It looks once.
func (w *wire) ready(ctx context.Context, o *Options) error {
	if w.looked.Load() {
		return nil
	}
	if v := w.nc.ConnectedServerVersion(); !hubapi.SafeServer(v) {
		return model.Refuse(model.Unreachable, "the server at %s is nats-server %s, which lets a login misuse its answers; it has to be %s", w.where, v, hubapi.SafeServers)
	}
	if o.login == nil { // an invitation's hub has a log, and no login may ask
		if err := w.mayKeep(ctx, o); err != nil {
			return err
		}
	}
	w.looked.Store(true)
	return nil
}

// mayKeep refuses a server that has no log for this login, or would not let it
// hear answers.
func (w *wire) mayKeep(ctx context.Context, o *Options) error {
	if inbox := "_INBOX_" + o.caller() + ".>"; o.Server != "" {
		if missing, err := w.lacks(need{hear: true, subject: inbox}); err == nil && missing {
			return model.Refuse(model.Forbidden, "this login of %s may not hear answers for %s (%s): it is somebody else's, or the server has to allow that; check --as and --creds", w.where, o.caller(), inbox)
		}
	}
	ctx, cancel := w.asking(ctx, 5*time.Second, "$JS.API.INFO")
	defer cancel()
	_, err := w.js.AccountInfo(ctx)
	w.byHub.Store(isDenied(answer(ctx, err)) && !o.Steward)
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) || errors.Is(err, nats.ErrNoResponders) {
		return model.Refuse(model.Unreachable, "the server at %s has no JetStream for this login; start it with JetStream (nats-server -js), or ask who runs it", w.where)
	}
	return nil // any other refusal is of this one question, which ordinary people need not be allowed
}

// hear takes in what the server says outside of an answer.
func (w *wire) hear(o *Options, err error) {
	w.denials.heard(err)
	if o.Server != "" && isRefused(err) { // a login that is not let in again
		err = w.refusal(o, err)
		ring(w.changed)
	}
	w.complain(err)
}

// complain keeps what the server said outside of an answer.
func (w *wire) complain(err error) {
	if err != nil && !strings.Contains(err.Error(), toldSubject) && !strings.Contains(err.Error(), hubapi.Ask(hubapi.VerbHow, w.handle)) && !strings.Contains(err.Error(), "."+laneSeal) { // which a server needs not allow
		w.denied.Store(&err)
	}
}

// trouble returns the newest complaint.
func (w *wire) trouble() error {
	if p := w.denied.Load(); p != nil {
		return *p
	}
	return nil
}

// tip returns the last sequence of a room, as the leader knows it, and the time
// on its clock.
func (w *wire) tip(ctx context.Context, short string) (uint64, time.Time, error) {
	if w.byHub.Load() {
		return w.askTip(ctx, short)
	}
	ctx, cancel := w.asking(ctx, patience, "$JS.API.STREAM.INFO."+streamOf(short))
	defer cancel()
	s, err := w.js.Stream(ctx, streamOf(short))
	if w.told(err); errors.Is(err, jetstream.ErrStreamNotFound) {
		return 0, time.Time{}, model.Refuse(model.NotFound, "there is no room %s here; `warroom rooms` lists them", short)
	}
	if err = answer(ctx, err); isDenied(err) {
		return 0, time.Time{}, hidden(short)
	} else if err != nil {
		return 0, time.Time{}, err
	}
	i := s.CachedInfo()
	if !i.Config.AllowDirect {
		return 0, time.Time{}, model.Refuse(model.NotFound, "%s is no room: the stream %s on %s was made by something else; ask who runs it", short, streamOf(short), w.where)
	}
	w.learn(short, i.Config.Metadata)
	return i.State.LastSeq, i.TimeStamp, nil
}

// publish sends one message and waits for the answer of the log.
func (w *wire) publish(ctx context.Context, m *nats.Msg) (seq uint64, dup bool, err error) {
	short, _, _, _, _ := parseLane(m.Subject)
	m = w.put(m)
	ctx, cancel := w.asking(ctx, patience, m.Subject)
	defer cancel()
	r, err := w.nc.RequestMsgWithContext(ctx, m)
	w.told(err)
	if err != nil {
		return 0, false, answer(ctx, err)
	}
	switch err := w.refused(r, short); {
	case err != nil && (model.CodeOf(err) == model.Forbidden || model.CodeOf(err) == model.NotFound): // or it is kept from this login
		return 0, false, &denied{m.Subject}
	case err != nil:
		return 0, false, err
	}
	if r.Header.Get("Status") == "503" { // relayed: nobody leads the log, or there is no such stream
		w.told(nats.ErrNoResponders)
		return 0, false, nats.ErrNoResponders
	}
	var a struct {
		Error *apiError `json:"error"`
		Seq   uint64    `json:"seq"`
		Dup   bool      `json:"duplicate"`
	}
	if err := json.Unmarshal(r.Data, &a); err != nil {
		return 0, false, fmt.Errorf("publish: %w", err)
	}
	if a.Error != nil {
		w.told(a.Error)
		return 0, false, a.Error
	}
	return a.Seq, a.Dup, nil
}

// ring puts an element into a bell that has none.
func ring(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
