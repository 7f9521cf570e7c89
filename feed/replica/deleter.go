package replica

import (
	"context"
	"errors"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// deleteMessage deletes a redacted message, and reports whether it is gone. It returns
// [model.Conflict] if the redaction misstates the message, which then stays.
func deleteMessage(ctx context.Context, c *jetlog.Conn, short string, s signing.Tombstone, may bool) (gone bool,
	err error) {
	r, err := c.ReadRaw(ctx, short, jetlog.Query{Seq: s.Seq})
	switch {
	case errors.Is(err, jetlog.ErrNothing):
		return true, nil
	case err != nil || !may:
		return false, err
	case !s.Is(r.Sig, r.Data) || !c.Recorded(short, r).Equal(s.At):
		return false, model.Refuse(model.Conflict,
			"entry %d, by which %s redacted entry %d, does not match that entry; the text "+
				"stays", s.RedactionSeq, s.By, s.Seq)
	}
	ctx, cancel := c.Asking(ctx, 5*jetlog.DefaultTimeout, "$JS.API.STREAM.MSG.DELETE."+subjects.Stream(short))
	defer cancel()
	st, err := c.JS.Stream(ctx, subjects.Stream(short))
	if err == nil {
		err = st.SecureDeleteMsg(ctx, s.Seq)
	}
	var no *jetstream.APIError
	switch {
	case err == nil, errors.Is(err, jetstream.ErrMsgNotFound), errors.As(err, &no) && no.ErrorCode == codeNoMessage:
		return true, nil
	}
	// If another process is deleting the message, the server's error does not show
	// whether the message is gone.
	if _, now := c.ReadRaw(ctx, short, jetlog.Query{Seq: s.Seq}); errors.Is(now, jetlog.ErrNothing) {
		return true, nil
	}
	return false, jetlog.AnswerError(ctx, err)
}

// codeNoMessage is the server's error code for a missing message.
const codeNoMessage = 10037

// mayDelete reports whether this process deletes redacted messages. It does so with
// access to JetStream, until the server denies it.
func (c *Env) mayDelete() bool { return !c.Conn.ByHub.Load() && !c.DeleteDenied.Load() }

// deleteOne deletes one message, after its tombstone is stored where readers find it.
func (c *Env) deleteOne(ctx context.Context, short string, s signing.Tombstone, hasTombstone bool) (gone bool,
	err error) {
	if c.mayDelete() && !hasTombstone {
		err = c.PublishTombstone(ctx, short, s.RedactionSeq)
	}
	if err == nil {
		gone, err = deleteMessage(ctx, c.Conn, short, s, c.mayDelete())
	}
	if jetlog.IsDenied(err) {
		c.DeleteDenied.Store(true) // another process has to delete it
		err = nil
	}
	return gone, err
}

// PublishTombstone stores a copy of a redaction on the tombstones subject.
func (c *Env) PublishTombstone(ctx context.Context, short string, redactionSeq uint64) error {
	conn := c.Conn
	r, err := conn.ReadRaw(ctx, short, jetlog.Query{Seq: redactionSeq})
	if err != nil {
		return err
	}
	who, k := c.Identity().Handle, c.Identity().Key()
	if hub, err := c.HubKey(); err == nil && hub != nil {
		who, k = subjects.HubHandle, hub
	}
	subject := subjects.Of(short, subjects.Tombstones, who, k.Text)
	last, err := conn.ReadRaw(ctx, short, jetlog.Query{LastFor: subject})
	if err != nil && !errors.Is(err, jetlog.ErrNothing) {
		return err
	}
	m := nats.NewMsg(subject)
	m.Data = r.Data
	m.Header[signing.Header] = []string{r.Sig}
	m.Header[jetstream.ExpectedStreamHeader] = []string{subjects.Stream(short)}
	m.Header[jetstream.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(last.Seq, 10)}
	_, _, err = conn.Publish(ctx, m)
	var no *jetlog.APIError
	if errors.As(err, &no) && (no.ErrCode == jetlog.CodeWrongLast || no.ErrCode == jetlog.CodeWrongInFlight) {
		return nil // another process stored it
	}
	return err
}
