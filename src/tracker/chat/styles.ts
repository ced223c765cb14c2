/** The chat's own look, on top of what it shares with the invitation. */
export const chatStyles = `.chat{display:flex;flex-direction:column;width:380px;
height:min(600px,calc(100vh - 2*var(--y)));z-index:2147483001}
.chat>header{display:flex;align-items:center;gap:4px;padding:8px 8px 8px 16px;
border-bottom:1px solid var(--l)}
.chat h2{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-size:15px;
line-height:1.3}
.chat h2 small{display:block;overflow:hidden;text-overflow:ellipsis;font-size:12px;font-weight:400;
color:var(--m)}
.chat header .gpe-button{border-color:transparent;min-width:40px;padding:8px 10px;font-weight:400}
.chat header .gpe-button:hover{border-color:var(--l)}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column;
gap:8px;outline-offset:-2px}
.log>:first-child{margin-top:auto}
.entry{max-width:85%;white-space:pre-wrap;overflow-wrap:anywhere}
.entry p{padding:8px 12px;border-radius:12px;border:1px solid var(--l);border-bottom-left-radius:4px}
.entry small{display:block;margin:2px 4px 0;font-size:12px;color:var(--m)}
.entry.visitor{align-self:flex-end}
.entry.visitor p{color:var(--at);background:var(--a);border-color:var(--a);border-radius:12px;
border-bottom-right-radius:4px}
.entry.visitor small{text-align:right}
.entry.system{align-self:center;font-size:13px;color:var(--m);text-align:center}
.entry.system p{padding:0;border:0}
.entry a{color:inherit}
.entry small button{font:inherit;color:inherit;background:0 0;border:0;padding:4px;
text-decoration:underline;cursor:pointer}
.note{padding:0 16px 6px;font-size:13px;min-height:26px;color:var(--m)}
.note.bad{color:var(--t);font-weight:600}
.ask{padding:12px 16px;border-top:1px solid var(--l)}
.ask p{margin-bottom:8px}
form{display:flex;gap:8px;align-items:flex-end;padding:8px;border-top:1px solid var(--l)}
textarea{flex:1;min-width:0;font:inherit;font-size:16px;color:inherit;background:0 0;resize:none;
height:44px;max-height:120px;padding:8px;border:1px solid var(--m);border-radius:calc(var(--r)*.67)}
textarea::placeholder{color:var(--m);opacity:1}
textarea:focus-visible{outline:2px solid var(--a);outline-offset:0}
.foot{margin:8px}
.launcher{position:fixed;z-index:2147483001;right:var(--x);bottom:var(--y);min-height:48px;padding:0 20px;
border-radius:24px;box-shadow:0 8px 24px #0a142838}
.badge{display:inline-block;min-width:22px;margin-left:8px;padding:0 6px;border-radius:11px;font-size:13px;
line-height:22px;text-align:center;color:var(--a);background:var(--at)}
.gpe-dialog-buttonset{display:flex;flex-wrap:wrap;gap:8px}
.sr{position:fixed;clip-path:inset(50%)}
@media(max-width:480px){.chat{inset:0;width:auto;height:100vh;height:100dvh;border:0;border-radius:0}
.launcher{bottom:max(var(--y),env(safe-area-inset-bottom))}.log,.note{padding-left:12px;padding-right:12px}}
`;
