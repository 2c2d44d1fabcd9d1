{# USES_VARIABLES { N_pre, N_post } #}
{% extends 'common_group.cu' %}
{# Forwards, neighbouring threads have neighbouring targets. Backwards, the lanes of a warp share out
   the targets' synapses, which lie side by side, and their results are joined in a fixed order. #}
{% block kernels %}
{% import 'cuda_kernel.cu' as kernel with context %}
{% set T = c_data_type(_target.dtype) %}
{% set to = 'pre' if _backwards else 'post' %}
{% set from = 'post' if _backwards else 'pre' %}
{% macro join(value) %}
{% if _reduce == 'sum' %}
            _result += {{value}};
{% else %}
            // A NaN is kept, as NumPy keeps it.
            if ({{value}} > _result || {{value}} != {{value}}) _result = {{value}};
{% endif %}
{% endmacro %}
{{kernel.open('_propagate')}}
{% if _backwards %}
    __shared__ {{T}} _parts[dense_engine::THREADS];
    const int64_t _{{to}}_idx = _thread / dense_engine::LANES;
    const int _first = _thread % dense_engine::LANES, _stride = dense_engine::LANES;
{% else %}
    const int64_t _{{to}}_idx = _thread;
    const int _first = 0, _stride = 1;
{% endif %}
    const bool _inside = _{{to}}_idx < (int64_t){{_trials}} * N_{{to}};
    {{T}} _result = {{ '0' if _reduce == 'sum' else '-INFINITY' }};
    if (_inside)
    {
        const int64_t _vectorisation_idx = _{{to}}_idx;
        const int64_t _trial = _{{to}}_idx / N_{{to}};
        const int _{{to}} = _{{to}}_idx % N_{{to}};
        {{scalar_code|autoindent}}
        for (int _{{from}} = _first; _{{from}} < N_{{from}}; _{{from}} += _stride)
        {
            const int64_t _{{from}}_idx = _trial * N_{{from}} + _{{from}};
            const int64_t _idx = (int64_t)_pre * N_post + _post;
            const int64_t _transposed_idx = (int64_t)_post * N_pre + _pre;
            const int64_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
{{join('_value')}}
        }
    }
{% if _backwards %}
    _parts[threadIdx.x] = _result;
    __syncthreads();
    if (_inside && _first == 0)
    {
        for (int _lane = 1; _lane < dense_engine::LANES; _lane++)
        {
            const {{T}} _part = _parts[threadIdx.x + _lane];
{{join('_part')}}
        }
        {{get_array_name(_target)}}[_{{to}}_idx] = _result;
    }
{% else %}
    if (_inside) {{get_array_name(_target)}}[_{{to}}_idx] = _result;
{% endif %}
}
{% endblock %}
{% block launch %}
{% import 'cuda_kernel.cu' as kernel with context %}
{% set to = 'pre' if _backwards else 'post' %}
{{kernel.launch('_propagate', '(int64_t)' ~ _trials ~ ' * N_' ~ to ~
                (' * dense_engine::LANES' if _backwards else ''))}}
{% endblock %}
