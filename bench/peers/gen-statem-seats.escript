#!/usr/bin/env escript
%%! +S 1:1 +P 4000000
%% A seat as Erlang has it: a gen_statem process each, whose hold ends by a state timeout. One scheduler, for the others have one thread; every
%% operation is a call, since the caller must know whether it was accepted. Arguments and output are those of ../transitions/run-subject.mjs,
%% without the module.
-module(gen_statem_seats).
-mode(compile).
-behaviour(gen_statem).
-export([main/1, init/1, callback_mode/0, available/3, reserved/3, booked/3]).

-define(HOLD_MS, 7200000).

main([SeatsText, File, OperationsText, HeldText]) ->
    Seats = list_to_integer(SeatsText),
    Held = list_to_integer(HeldText),
    {ok, Bytes} = file:read_file(File),
    Operations = binary:part(Bytes, 0, min(byte_size(Bytes), 4 * list_to_integer(OperationsText))),
    Empty = bytes(),
    Resting = start(Held),
    Rested = bytes(),
    hold(Resting, Held),
    Holding = bytes(),
    All = start(Seats),
    StartedAt = erlang:monotonic_time(microsecond),
    Accepted = run(Operations, All, 0),
    Ms = (erlang:monotonic_time(microsecond) - StartedAt) / 1000,
    io:format("{\"operations\":~B,\"accepted\":~B,\"ms\":~.3f,\"restBytes\":~.1f,\"heldBytes\":~.1f}~n",
              [byte_size(Operations) div 4, Accepted, Ms,
               (Rested - Empty) / Held, (Holding - Rested) / Held]),
    halt(0).

start(Seats) ->
    list_to_tuple([begin {ok, Seat} = gen_statem:start(?MODULE, [], []), Seat end || _ <- lists:seq(1, Seats)]).

hold(Seats, Count) ->
    [accepted = gen_statem:call(element(Seat, Seats), reserve) || Seat <- lists:seq(1, Count)].

run(<<Operation:32/little, Rest/binary>>, Seats, Accepted) ->
    Kind = element(1 + (Operation band 3), {reserve, confirm, release}),
    case gen_statem:call(element(Operation bsr 2, Seats), Kind) of
        accepted -> run(Rest, Seats, Accepted + 1);
        refused -> run(Rest, Seats, Accepted)
    end;
run(<<>>, _, Accepted) ->
    Accepted.

bytes() ->
    erlang:garbage_collect(),
    erlang:memory(total).

callback_mode() -> state_functions.

init([]) -> {ok, available, none}.

available({call, From}, reserve, Data) ->
    {next_state, reserved, Data, [{state_timeout, ?HOLD_MS, expire}, {reply, From, accepted}]};
available({call, From}, _, _) ->
    {keep_state_and_data, {reply, From, refused}}.

reserved({call, From}, confirm, Data) -> {next_state, booked, Data, {reply, From, accepted}};
reserved({call, From}, release, Data) -> {next_state, available, Data, {reply, From, accepted}};
reserved({call, From}, _, _) -> {keep_state_and_data, {reply, From, refused}};
reserved(state_timeout, expire, Data) -> {next_state, available, Data}.

booked({call, From}, _, _) -> {keep_state_and_data, {reply, From, refused}}.
