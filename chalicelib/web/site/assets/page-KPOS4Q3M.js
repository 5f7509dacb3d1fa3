import{h as n}from"./chunk-4FQB7NED.js";function o(){return n("h1",{children:"conventions"})}export{o as default};
