package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"warroom/model"
)

// Slack is a client of one app in one workspace.
type Slack struct {
	api    *slack.Client
	client *http.Client
	now    func() time.Time
}

// SlackOptions configure the access of an app.
type SlackOptions struct {
	Token    model.Secret // of the bot, xoxb-
	AppToken model.Secret // for Socket Mode, xapp-; if empty, none
	API      string       // URL of the API; if empty, Slack's
	Now      func() time.Time
}

// slackText is the max length of a text that Slack shows in full.
const slackText = 3900

// marker is the metadata type that identifies our messages.
const marker = "warroom_duty"

// NewSlack returns the client of an app.
func NewSlack(o SlackOptions) *Slack {
	s := &Slack{client: newHTTP(nil), now: o.Now}
	s.client.Transport = slackTransport{base: s.client.Transport, now: o.Now}
	opts := []slack.Option{slack.OptionHTTPClient(s.client)}
	if !o.AppToken.IsEmpty() {
		opts = append(opts, slack.OptionAppLevelToken(string(o.AppToken.Reveal())))
	}
	if o.API != "" {
		opts = append(opts, slack.OptionAPIURL(strings.TrimSuffix(o.API, "/")+"/"))
	}
	s.api = slack.New(string(o.Token.Reveal()), opts...)
	return s
}

// Message is a message to post.
type Message struct {
	Channel string // its id, C0123ABCD, or #name
	Thread  string // the parent message; if empty, none
	Text    string // plain text, without Slack markup
	Mark    string // key of the duty, which identifies the message
}

// Post posts a message once and returns where it is. If maybePosted is set, it first looks
// for the message of an earlier attempt, as far as the token may read.
func (s *Slack) Post(ctx context.Context, m Message, maybePosted bool, since time.Time) (channel, ts string,
	err error) {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	if maybePosted {
		if ts, err := s.find(ctx, m, since); ts != "" || err != nil && !lacksScope(err) {
			return m.Channel, ts, s.fault(err)
		}
	}
	opts := []slack.MsgOption{
		slack.MsgOptionText(cut(m.Text, slackText, "\n... cut; the whole text is in the "+
			"room"), true), // & < > are escaped
		slack.MsgOptionParse(false), slack.MsgOptionLinkNames(false), slack.MsgOptionDisableMarkdown(),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: marker, EventPayload: map[string]any{"duty": m.Mark}}),
	}
	if m.Thread != "" {
		opts = append(opts, slack.MsgOptionTS(m.Thread))
	}
	channel, ts, err = s.api.PostMessageContext(ctx, m.Channel, opts...)
	if err == nil && (channel == "" || ts == "") {
		err = temporary(0, "Slack's answer does not name the message that was posted")
	}
	return channel, ts, s.fault(err)
}

// maxPages is the max number of pages of 200 messages in which a message is searched for.
const maxPages = 20

// find looks for a message of ours by its mark.
func (s *Slack) find(ctx context.Context, m Message, since time.Time) (string, error) {
	cursor := ""
	for range maxPages {
		list, next, err := s.list(ctx, m, since, cursor)
		if limit := new(slack.RateLimitedError); cursor != "" && errors.As(err, &limit) {
			break // each attempt would end here: better twice than never
		}
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(list, func(l slack.Message) bool {
			return l.Metadata.EventType == marker && l.Metadata.EventPayload["duty"] == m.Mark
		})
		if i >= 0 {
			return list[i].Timestamp, nil
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return "", nil
}

// list returns one page of the messages of a thread or a channel, and the cursor of the next one.
func (s *Slack) list(ctx context.Context, m Message, since time.Time, cursor string) (list []slack.Message,
	next string, err error) {
	oldest := fmt.Sprintf("%d.000000", since.Add(-time.Minute).Unix())
	if m.Thread != "" {
		list, _, next, err = s.api.GetConversationRepliesContext(ctx,
			&slack.GetConversationRepliesParameters{ChannelID: m.Channel, Timestamp: m.Thread, Oldest: oldest,
				Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
		return list, next, err
	}
	h, err := s.api.GetConversationHistoryContext(ctx,
		&slack.GetConversationHistoryParameters{ChannelID: m.Channel, Oldest: oldest, Cursor: cursor, Limit: 200,
			IncludeAllMetadata: true})
	if err != nil {
		return nil, "", err
	}
	return h.Messages, h.ResponseMetaData.NextCursor, nil
}

// Message returns one message, in a thread or not.
func (s *Slack) Message(ctx context.Context, channel, ts string) (slack.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	msgs, _, _,
		err := s.api.GetConversationRepliesContext(ctx,
		&slack.GetConversationRepliesParameters{ChannelID: channel, Timestamp: ts, Latest: ts, Inclusive: true,
			Limit: 200})
	if err != nil {
		return slack.Message{}, s.fault(err)
	}
	for _, m := range msgs {
		if m.Timestamp == ts {
			return m, nil
		}
	}
	return slack.Message{}, never("the app cannot read that message")
}

// Name returns a user's display name, or "" if the token may not read it.
func (s *Slack) Name(ctx context.Context, user string) string {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	u, err := s.api.GetUserInfoContext(ctx, user)
	if err != nil {
		return ""
	}
	return u.Name
}

// Who returns the token's user, its workspace and its scopes.
func (s *Slack) Who(ctx context.Context) (user, team, teamID string, scopes []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	a, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return "", "", "", nil, s.fault(err)
	}
	for w := range strings.SplitSeq(a.Header.Get("X-Oauth-Scopes"), ",") {
		if w = strings.TrimSpace(w); w != "" {
			scopes = append(scopes, w)
		}
	}
	return a.User, a.Team, a.TeamID, scopes, nil
}

func lacksScope(err error) bool {
	var r slack.SlackErrorResponse
	return errors.As(err, &r) && (r.Err == "missing_scope" || r.Err == "not_in_channel" || r.Err == "channel_not_found")
}

// What Slack's error codes mean, and what to do.
var slackWords = map[string]string{
	"invalid_auth":      "rejects the token; put a new one where the configuration reads it",
	"not_authed":        "received no token; set one in the configuration",
	"token_revoked":     "answers that the token was revoked; put a new one where the configuration reads it",
	"token_expired":     "answers that the token has expired; put a new one where the configuration reads it",
	"account_inactive":  "answers that the app's account is no longer active",
	"not_in_channel":    "answers that the app is not in the channel; invite it there: /invite @warroom",
	"channel_not_found": "has no such channel, or the app is not in it; use the channel's id, and invite the app",
	"is_archived":       "answers that the channel is archived; set another one in the configuration",
	"msg_too_long":      "answers that the text is too long",
	"no_text":           "answers that there is no text",

	"not_allowed_token_type": "answers that the token is of another kind; that of the bot begins with xoxb-, and " +
		"that of the app with xapp-",
	"restricted_action": "does not let the app post in that channel",
	"thread_not_found":  "does not find the message that the update belongs to",
}

// Error codes for problems of Slack itself.
var slackTroubled = []string{"internal_error", "fatal_error", "service_unavailable", "request_timeout",
	"team_added_to_org", "ratelimited", "rollup_error"}

func (s *Slack) fault(err error) error {
	if err == nil {
		return nil
	}
	var f *Fault
	var limit *slack.RateLimitedError
	var response slack.SlackErrorResponse
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &limit):
		return temporary(bounded(limit.RetryAfter), "Slack limits the rate; warroom waits")
	case errors.As(err, &response):
		return responseFault(response)
	}
	return cannotReach("Slack", err)
}

func responseFault(r slack.SlackErrorResponse) error {
	words, known := slackWords[r.Err]
	switch {
	case slices.Contains([]string{"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive",
		"not_allowed_token_type"}, r.Err):
		return refused("Slack %s", words)
	case r.Err == "missing_scope":
		return temporary(permissionWait, "Slack answers that the token has no permission for this; it needs the "+
			"scope %s",
			short(r.Needed, 100))
	case slices.Contains(slackTroubled, r.Err):
		return temporary(0, "Slack reports a problem: %s", r.Err)
	case slices.Contains([]string{"msg_too_long", "no_text", "thread_not_found", "is_archived"}, r.Err):
		return never("Slack %s", words)
	case known:
		return temporary(permissionWait, "Slack %s", words)
	}
	return temporary(permissionWait, "Slack refuses the request: %s", short(r.Err, maxDetail))
}
